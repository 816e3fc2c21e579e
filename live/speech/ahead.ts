/** Begins to read a stream at once and keeps what comes until it is asked for, so that it is made while something else plays. */
export function ahead<T>(stream: AsyncIterable<T>): AsyncIterable<T> {
  const waiting: T[] = [];
  let ending: { readonly error?: unknown } | undefined;
  let wake: () => void = () => undefined;
  const read = async (): Promise<void> => {
    for await (const piece of stream) {
      waiting.push(piece);
      wake();
    }
  };
  const end = (by: { readonly error?: unknown }): void => {
    ending = by;
    wake();
  };
  read().then(
    () => end({}),
    (error: unknown) => end({ error }),
  );
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const piece = waiting.shift();
        if (piece !== undefined) yield piece;
        else if (ending && 'error' in ending) throw ending.error;
        else if (ending) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
