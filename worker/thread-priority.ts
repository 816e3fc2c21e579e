import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

const TASKS = '/proc/self/task';
/** Node's name for every worker thread, of tools too. */
const WORKFLOW_THREAD = 'WorkerThread';
/** On which the SDK talks to Temporal. */
const SDK_THREADS = ['tokio-runtime-w', 'workflow-proces'];
export const RECORD_PRIORITY = 10;

/** The threads of this process, by id. None where threads have no priority of their own: elsewhere than on Linux. */
export async function threadsNow(): Promise<readonly string[]> {
  return readdir(TASKS).catch(() => []);
}

/**
 * The threads of this process that keep the record give way to the one that talks to callers: on a busy machine the record
 * may lag, the voice may not. `earlier`: the threads before the workers were made, whose tools run in the callers' way.
 */
export async function lowerRecordThreads(earlier: readonly string[]): Promise<void> {
  await Promise.all(
    (await threadsNow()).map(async (id) => {
      try {
        const name = (await readFile(`${TASKS}/${id}/comm`, 'utf8')).trim();
        const isOurs = name === WORKFLOW_THREAD && !earlier.includes(id);
        if (isOurs || SDK_THREADS.includes(name)) setPriority(Number(id), RECORD_PRIORITY);
      } catch {
        // It has ended, or this process may not: then it runs like any other.
      }
    }),
  );
}
