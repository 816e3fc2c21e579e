import { once } from 'node:events';
import type { System } from '../worker/system.ts';

/** Runs a system until a signal or a failure of its own, and stops it. A second signal ends the process at once. */
export async function untilStopped(system: Pick<System, 'ended' | 'stop'>): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const stopped = Promise.race([once(process, 'SIGINT', { signal }), once(process, 'SIGTERM', { signal })]);
  try {
    await Promise.race([stopped, system.ended]);
  } finally {
    waiting.abort();
    stopped.catch(() => undefined); // Aborted: nobody waits for it any more.
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1));
    await system.stop();
  }
}
