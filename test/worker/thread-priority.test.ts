import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { lowerRecordThreads, RECORD_PRIORITY, threadsNow } from '../../worker/thread-priority.ts';

const skip = process.platform !== 'linux' && 'Threads have a priority of their own on Linux only';

test('threads: one that keeps the record gives way to the one that talks to callers', { skip }, async () => {
  const mainBefore = getPriority(process.pid);
  const ofTools = await startThread();
  const earlier = await threadsNow();
  const ofWorkflows = await startThread();
  try {
    await lowerRecordThreads(earlier);
    const priorities: number[] = [];
    for (const id of await threadsNow()) {
      const name = (await readFile(`/proc/self/task/${id}/comm`, 'utf8')).trim();
      if (name === 'WorkerThread') priorities.push(getPriority(Number(id)));
    }
    assert.deepEqual(
      priorities.sort((a, b) => a - b),
      [mainBefore, RECORD_PRIORITY],
    );
    assert.equal(getPriority(process.pid), mainBefore);
  } finally {
    await Promise.all([ofTools, ofWorkflows].map((thread) => thread.terminate()));
  }
});

async function startThread(): Promise<Worker> {
  const thread = new Worker('setInterval(() => {}, 1e6)', { eval: true });
  await once(thread, 'online');
  return thread;
}
