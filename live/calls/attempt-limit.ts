import type { CallError } from '../../contract/items.ts';
import type { Clock } from '../../time/clock.ts';
import { afterArrivals } from '../../time/silence.ts';

export interface Limited<T> {
  readonly clock: Clock;
  /** Of the call. */
  readonly signal: AbortSignal;
  readonly limitMs: number;
  /** What it comes to if it is ended before it ends by itself. */
  readonly endedBy: (error: CallError) => T;
}

/** Runs an author's function until it ends, has no more time, or its call is cancelled: then its own signal is aborted. */
export async function withinLimit<T>(
  { clock, signal, limitMs, endedBy }: Limited<T>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const ended = Promise.withResolvers<T>();
  const end = (error: CallError): void => {
    ended.resolve(endedBy(error));
    stop.abort(new Error(error.message));
  };
  const onCancel = (): void => end(CANCELLED);
  const stopTimer = afterArrivals(clock, Math.max(0, limitMs), () => end(timedOut(limitMs)));
  signal.addEventListener('abort', onCancel, { once: true });
  try {
    return await Promise.race([ended.promise, work(stop.signal)]);
  } finally {
    stopTimer();
    signal.removeEventListener('abort', onCancel);
  }
}

export const CANCELLED: CallError = { kind: 'cancelled', message: 'The call was cancelled' };

function timedOut(limitMs: number): CallError {
  return { kind: 'timed_out', message: `There was no answer within ${Math.round(limitMs)} ms` };
}
