import { pause, type Clock } from '../../time/clock.ts';
import { silence } from '../../time/silence.ts';

/** A client of which nothing is heard for so long when it should have played something is gone. */
export const SILENT_MS = 2_000;

export interface PlayoutReport {
  /** Since the beginning of the speech. */
  readonly positionMs: number;
  readonly state: 'started' | 'playing' | 'finished';
}

/**
 * What a client says it has played of one speech (`playout: 'client'`). A position never goes back, in any order of
 * reports, and never beyond what was sent.
 */
export class PlayoutReports {
  readonly #clock: Clock;
  #positionMs = 0;
  #isFinished = false;
  #reportedMs: number | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get positionMs(): number {
    return this.#positionMs;
  }

  /** `sentMs`: of audio until now; `isWhole`: there is no more to come. */
  take(
    { positionMs, state }: PlayoutReport,
    { sentMs, isWhole }: { readonly sentMs: number; readonly isWhole: boolean },
  ): void {
    const played = state === 'finished' ? sentMs : Math.min(positionMs, sentMs);
    this.#positionMs = Math.max(this.#positionMs, played);
    this.#isFinished ||= state === 'finished' && isWhole;
    this.#reportedMs = this.#clock.nowMs();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Waits for the first report. False where it does not come in time. Rejects with the signal's reason. */
  async started(startsMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#until(
      () => this.#reportedMs !== undefined,
      () => startsMs,
      signal,
    );
  }

  /** Waits for the end of a speech of this length. False where the client has fallen silent. Rejects with the signal's reason. */
  async ended(durationMs: number, endsMs: number, signal: AbortSignal): Promise<boolean> {
    const isOver = (): boolean => this.#isFinished || this.#positionMs >= durationMs;
    const expectedMs = (): number => Math.max(endsMs, (this.#reportedMs ?? -Infinity) + durationMs - this.#positionMs);
    return this.#until(isOver, expectedMs, signal);
  }

  async #until(isTrue: () => boolean, expectedMs: () => number, signal: AbortSignal): Promise<boolean> {
    while (!isTrue()) {
      signal.throwIfAborted();
      const waiting = new AbortController();
      const isGone = this.#isGone(expectedMs(), AbortSignal.any([signal, waiting.signal]));
      const isOver = await Promise.race([this.#changed.promise.then(() => false), isGone]);
      waiting.abort();
      if (isOver) return isTrue();
    }
    return true;
  }

  /** Nothing was heard of the client, from when it should have reported. */
  async #isGone(expectedMs: number, signal: AbortSignal): Promise<boolean> {
    await pause(this.#clock, expectedMs - this.#clock.nowMs(), signal);
    await silence(this.#clock, SILENT_MS, signal);
    return !signal.aborted;
  }
}
