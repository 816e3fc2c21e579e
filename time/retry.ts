import { setTimeout as delay } from 'node:timers/promises';

const FIRST_WAIT_MS = 100;
const LAST_WAIT_MS = 2_000;

/**
 * Attempts until one gives something other than undefined, with growing waits, which keep no process alive. Rejects as an
 * attempt does.
 */
export async function retryUntilGiven<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LAST_WAIT_MS)) {
    const given = await attempt();
    if (given !== undefined) return given;
    await delay(waitMs, undefined, { ref: false });
  }
}
