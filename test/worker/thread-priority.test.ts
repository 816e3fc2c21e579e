import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { lowerRecordThreads, RECORD_PRIORITY } from '../../worker/thread-priority.ts';

const skip = process.platform !== 'linux' && 'Threads have a priority of their own on Linux only';

test('threads: one that keeps the record gives way to the one that talks to callers', { skip }, async () => {
  const mainBefore = getPriority(process.pid);
  const worker = new Worker('require("node:worker_threads").parentPort.once("message", () => {})', { eval: true });
  try {
    await new Promise((resolve) => worker.once('online', resolve));
    await lowerRecordThreads();
    const priorities: Record<string, number[]> = {};
    for (const id of await readdir('/proc/self/task')) {
      const name = (await readFile(`/proc/self/task/${id}/comm`, 'utf8')).trim();
      (priorities[name] ??= []).push(getPriority(Number(id)));
    }
    assert.deepEqual(priorities['WorkerThread'], [RECORD_PRIORITY]);
    assert.equal(getPriority(process.pid), mainBefore);
  } finally {
    worker.postMessage('end');
    await new Promise((resolve) => worker.once('exit', resolve));
  }
});
