import type { Clock } from '../../time/clock.ts';

/** For how long it has not been known whether the record of one turn is still there. */
export class RecordContact {
  readonly #clock: Clock;
  #steps = 0;
  #lastMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.nowMs();
  }

  /** A step of the record is being done here: while it is, Temporal tells when the record is gone. Returns what ends that. */
  hold(): () => void {
    this.#steps += 1;
    return () => {
      this.#steps -= 1;
      this.#lastMs = this.#clock.nowMs();
    };
  }

  /** Temporal has ended a step, for a reason that is not known here. */
  lose(): void {
    this.#lastMs = -Infinity;
  }

  get lostForMs(): number {
    const isHeld = this.#steps > 0 && this.#lastMs !== -Infinity;
    return isHeld ? 0 : this.#clock.nowMs() - this.#lastMs;
  }
}
