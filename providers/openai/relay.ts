import { type Asked, toProviderFailure } from './to-provider-failure.ts';

/** Passes parts on until they end, `signal` is aborted, or something breaks; the last two with the reason or a ProviderFailure. */
export async function* relay<T>(parts: AsyncIterable<T>, asked: Asked, signal: AbortSignal): AsyncGenerator<T, void> {
  signal.throwIfAborted();
  try {
    for await (const part of parts) {
      signal.throwIfAborted();
      yield part;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw toProviderFailure(error, asked);
  }
  signal.throwIfAborted();
}
