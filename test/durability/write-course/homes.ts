import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Asked, Told } from './home-thread.ts';

const module = new URL('home-thread.ts', import.meta.url);

/** Processes that wait to be the home of a turn. To start one takes longer than all that it does, so those that live are used again. */
export class Homes implements AsyncDisposable {
  readonly #idle: Worker[] = [];

  async ask(asked: Asked): Promise<Told> {
    const thread = this.#idle.pop() ?? new Worker(module);
    const over = new AbortController();
    const { signal } = over;
    const ended = once(thread, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`It ended: ${code}`)));
    ended.catch(() => undefined); // aborted: nobody waits for it any more
    thread.postMessage(asked);
    try {
      const [told] = (await Promise.race([once(thread, 'message', { signal }), ended])) as [Told];
      if ('died' in told) await thread.terminate();
      else this.#idle.push(thread);
      return told;
    } finally {
      over.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.map((thread) => thread.terminate()));
  }
}
