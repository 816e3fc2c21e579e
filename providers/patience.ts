import { ProviderFailure } from './failure.ts';
import type { Clock } from '../time/clock.ts';
import { afterSilence } from '../time/silence.ts';

export interface Patience {
  /** Who is waited for, as it stands in the failure's message. */
  readonly of: string;
  /** Longest silence between two pieces. */
  readonly patienceMs: number;
  /** Longest silence before the first piece. Default: the same. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** There was no sign of life at all. */
export class NoSignOfLife extends ProviderFailure {}

/** Passes on the pieces of a stream, and ends it with a retryable failure when none comes in time: before the first one, NoSignOfLife. */
export async function* withPatience<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  { of, patienceMs, timeoutMs = patienceMs, clock, signal }: Patience,
): AsyncGenerator<T> {
  const silence = new AbortController();
  const giveUp = (): void => silence.abort(new ProviderFailure(toMessage(of, patienceMs), { retryable: true }));
  const giveUpFirst = (): void => silence.abort(new NoSignOfLife(toMessage(of, timeoutMs), { retryable: true }));
  let stopWaiting = afterSilence(clock, timeoutMs, giveUpFirst);
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

function toMessage(of: string, ms: number): string {
  return `${of} was silent for ${ms} ms`;
}
