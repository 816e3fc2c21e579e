import { setTimeout as delay } from 'node:timers/promises';

interface Poll {
  everyMs: number;
  withinMs: number;
  /** Completes the message `… within 30 s`. */
  failure: string;
  /** Stops the polling by an exception, for a caller that no longer waits. */
  signal?: AbortSignal;
}

/** Asks again until the answer is true. */
export async function pollUntil(
  isTrue: () => Promise<boolean>,
  { everyMs, withinMs, failure, signal }: Poll,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`${failure} within ${withinMs / 1_000} s`);
    await delay(everyMs, undefined, signal ? { signal } : {});
  }
}
