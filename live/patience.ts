import { ProviderFailure } from '../providers/failure.ts';
import type { Clock } from './clock.ts';
import { afterSilence } from './silence.ts';

export interface Patience {
  /** Who is waited for, as it stands in the failure's message. */
  readonly of: string;
  /** Longest silence before the first piece and between two pieces. */
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Passes on the pieces of a stream, and ends it with a retryable failure when none comes for `patienceMs`. */
export async function* withPatience<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  { of, patienceMs, clock, signal }: Patience,
): AsyncGenerator<T> {
  const silence = new AbortController();
  const giveUp = (): void =>
    silence.abort(new ProviderFailure(`${of} was silent for ${patienceMs} ms`, { retryable: true }));
  let stopWaiting = afterSilence(clock, patienceMs, giveUp);
  try {
    for await (const piece of open(AbortSignal.any([signal, silence.signal]))) {
      stopWaiting();
      yield piece;
      stopWaiting = afterSilence(clock, patienceMs, giveUp);
    }
  } finally {
    stopWaiting();
  }
}
