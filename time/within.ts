import { processClock } from './clock.ts';
import { afterArrivals } from './silence.ts';

/** Waits no longer than so for a promise, which goes on. Undefined where it has not resolved by then. Rejects as it does. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const stopWaiting = afterArrivals(processClock, Math.max(0, ms), () => resolve(undefined));
  try {
    return await Promise.race([promise, late]);
  } finally {
    stopWaiting();
  }
}
