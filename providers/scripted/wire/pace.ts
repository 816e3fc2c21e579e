import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for the instants at which a stream's pieces are due: the first one `firstMs` after now, each further one `nextMs` later.
 * Counted from the start, so that the lateness of timers does not add up. Throws when `signal` is aborted.
 */
export function createPace(firstMs: number, nextMs: number, signal: AbortSignal): () => Promise<void> {
  let dueMs = performance.now() + firstMs;
  return async () => {
    signal.throwIfAborted();
    const waitMs = dueMs - performance.now();
    dueMs += nextMs;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  };
}
