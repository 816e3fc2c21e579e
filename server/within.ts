import { setTimeout as delay } from 'node:timers/promises';

/** Waits no longer than so for a promise, which goes on. Undefined where it has not resolved by then. Rejects as it does. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const waiting = new AbortController();
  const late = delay(Math.max(0, ms), undefined, { signal: waiting.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    waiting.abort();
  }
}
