import type { Due } from './temporal.ts';

/** Where what a turn depends on waits until the test lets it go on: pieces of a reply, frames of a voice, ends of tools. */
export class Gates {
  readonly #waiting = new Set<Due>();

  /** Resolves when the test opens the gate. Rejects with the signal's reason. */
  async pass(what: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const due: Due = {
      what,
      happen: () => {
        this.#waiting.delete(due);
        resolve();
      },
    };
    this.#waiting.add(due);
    signal?.addEventListener('abort', () => {
      this.#waiting.delete(due);
      reject(signal.reason as Error);
    });
    return promise;
  }

  due(): Due[] {
    return [...this.#waiting];
  }
}
