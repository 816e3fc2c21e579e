/**
 * What several sources have, in the order in which they come. A source waits until the reader has done with its item, so
 * that nothing is buffered for a slow one. For one reader.
 */
export class Rendezvous<T> implements AsyncIterable<T> {
  readonly #offered: { readonly item: T; readonly taken: () => void }[] = [];
  #more = Promise.withResolvers<void>();
  #isOver = false;
  #fault: { readonly error: unknown } | undefined;

  /** Resolves when the reader asks for the next item, or has left. */
  async offer(item: T): Promise<void> {
    if (this.#isOver) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#offered.push({ item, taken: resolve });
    this.#more.resolve();
    await promise;
  }

  /** The reader gets no more. */
  end(): void {
    this.#isOver = true;
    for (const { taken } of this.#offered.splice(0)) taken();
    this.#more.resolve();
  }

  /** The reader gets the error. */
  fail(error: unknown): void {
    this.#fault ??= { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      while (!this.#isOver) {
        this.#more = Promise.withResolvers();
        for (let next = this.#offered.shift(); next; next = this.#offered.shift()) {
          try {
            yield next.item;
          } finally {
            next.taken();
          }
        }
        if (!this.#isOver && this.#offered.length === 0) await this.#more.promise;
      }
      if (this.#fault) throw this.#fault.error;
    } finally {
      this.end();
    }
  }
}
