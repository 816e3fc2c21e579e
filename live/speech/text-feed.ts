/** Sentences handed over as they come; read once, by one reader, until the feed is closed. */
export class TextFeed implements AsyncIterable<string> {
  readonly #waiting: string[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  push(sentences: readonly string[]): void {
    this.#waiting.push(...sentences);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const sentence = this.#waiting.shift();
      if (sentence !== undefined) yield sentence;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
