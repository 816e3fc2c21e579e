/** Pieces handed over as they come; read once, by one reader, until the feed is closed. */
export class Feed<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(pieces: readonly T[]): void {
    this.#waiting.push(...pieces);
    this.#wake?.();
  }

  close(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** The reader gets what is still waiting, then the error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const piece = this.#waiting.shift();
      if (piece !== undefined) yield piece;
      else if (this.#end && 'error' in this.#end) throw this.#end.error;
      else if (this.#end) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Begins to read a stream at once, so that it is made while something else plays. */
export function readAhead<T>(stream: AsyncIterable<T>): Feed<T> {
  const feed = new Feed<T>();
  const read = async (): Promise<void> => {
    for await (const piece of stream) feed.push([piece]);
  };
  read().then(
    () => feed.close(),
    (error: unknown) => feed.fail(error),
  );
  return feed;
}
