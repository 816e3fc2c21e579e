import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

const TASKS = '/proc/self/task';
/** The workflow's thread; those on which the SDK talks to Temporal. Named by Node and the SDK. */
const RECORD_THREADS = ['WorkerThread', 'tokio-runtime-w', 'workflow-proces'];
export const RECORD_PRIORITY = 10;

/**
 * The threads of this process that keep the record give way to the one that talks to callers: on a busy machine the record
 * may lag, the voice may not. Of the threads that there are now. On Linux only, where each thread has a priority of its own.
 */
export async function lowerRecordThreads(): Promise<void> {
  const ids = await readdir(TASKS).catch(() => []); // not Linux
  await Promise.all(
    ids.map(async (id) => {
      try {
        const name = await readFile(`${TASKS}/${id}/comm`, 'utf8');
        if (RECORD_THREADS.includes(name.trim())) setPriority(Number(id), RECORD_PRIORITY);
      } catch {
        // It has ended, or this process may not: then it runs like any other.
      }
    }),
  );
}
