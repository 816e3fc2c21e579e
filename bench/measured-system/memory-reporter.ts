// Loaded into the serving process before anything else (`--import`), and so by Node into each of its threads: workflows run in
// a thread with a heap of its own. Every message from the process that forked it is answered with the memory in use
// after garbage collection in all threads. Needs `--expose-gc`. Ends the process with the one that forked it.
import { BroadcastChannel, isMainThread, type Worker } from 'node:worker_threads';

export interface Memory {
  /** Of all threads, in bytes. */
  readonly heapUsed: number;
  readonly rss: number;
}

type HeapMessage = { readonly ask: true } | { readonly heapUsed: number };

const channel = new BroadcastChannel('heap');
channel.unref();
if (isMainThread) reportForAll();
else answerWithHeap();

function reportForAll(): void {
  const threads = new Set<Worker>();
  process.on('worker', (thread: Worker) => {
    threads.add(thread);
    thread.once('exit', () => threads.delete(thread));
  });
  process.on('message', () => {
    void askThreads(threads.size).then((others) => {
      const heapUsed = collect() + others;
      process.send?.({ heapUsed, rss: process.memoryUsage.rss() } satisfies Memory);
    });
  });
  process.once('disconnect', () => process.exit());
  process.channel?.unref();
}

function answerWithHeap(): void {
  channel.onmessage = ({ data }: { data: HeapMessage }) => {
    if ('ask' in data) channel.postMessage({ heapUsed: collect() } satisfies HeapMessage);
  };
}

/** The sum of what so many threads answer. */
async function askThreads(count: number): Promise<number> {
  if (count === 0) return 0;
  const { promise, resolve } = Promise.withResolvers<number>();
  const heaps: number[] = [];
  channel.onmessage = ({ data }: { data: HeapMessage }) => {
    if ('heapUsed' in data) heaps.push(data.heapUsed);
    if (heaps.length === count) resolve(heaps.reduce((sum, heap) => sum + heap));
  };
  channel.postMessage({ ask: true } satisfies HeapMessage);
  return promise;
}

function collect(): number {
  globalThis.gc?.();
  globalThis.gc?.(); // What finalizers of the first run let go of.
  return process.memoryUsage().heapUsed;
}
