import { pause, type Clock } from '../../time/clock.ts';
import { arrivals } from '../../time/silence.ts';

/**
 * Where a listener is who plays everything in real time from the moment it is published (`playout: 'assumed'`).
 * One playhead per turn: what is published while something plays comes after it.
 */
export class Playhead {
  readonly #clock: Clock;
  #playsUntilMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Audio of this length is published now; returns when, on the process clock, its playing begins. */
  add(durationMs: number): number {
    const startsMs = Math.max(this.#clock.nowMs(), this.#playsUntilMs);
    this.#playsUntilMs = startsMs + durationMs;
    return startsMs;
  }

  /** Nothing of what was published is played any more: what comes next is played at once. */
  stop(): void {
    this.#playsUntilMs = Math.min(this.#playsUntilMs, this.#clock.nowMs());
  }

  /** When all that was published will have been played. */
  get playsUntilMs(): number {
    return this.#playsUntilMs;
  }

  /** Waits until all that was published will have been played, and what has arrived by then was read. Rejects with the signal's reason. */
  async ends(signal: AbortSignal): Promise<void> {
    await this.reaches(this.#playsUntilMs, signal);
    await arrivals();
    signal.throwIfAborted();
  }

  /** Waits until a moment on the process clock. Rejects with the signal's reason. */
  async reaches(atMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await pause(this.#clock, atMs - this.#clock.nowMs(), signal);
    signal.throwIfAborted();
  }
}
