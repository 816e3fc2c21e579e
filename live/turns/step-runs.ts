import type { Clock } from '../../time/clock.ts';
import { ClaimableRuns } from './claimable-runs.ts';

/** The runs of one turn's steps in this process; also counts those that the record never reached. */
export class StepRuns {
  readonly claimable: ClaimableRuns;
  /** Reads that were begun while the model still wrote their round. */
  readonly early: ClaimableRuns;
  readonly #onDropped: (count: number) => void;

  constructor(clock: Clock, onDropped: (count: number) => void) {
    this.claimable = new ClaimableRuns(clock);
    this.early = new ClaimableRuns(clock);
    this.#onDropped = onDropped;
  }

  /** These steps are aborted in this tick, and are not begun if they come later. */
  cancelAll(isCancelled: (step: string) => boolean): void {
    for (const runs of [this.claimable, this.early]) runs.cancelAll(isCancelled);
  }

  /** The call that a read was begun for is not made. */
  dropEarly(step: string, result: Promise<unknown>): void {
    this.#counting(() => this.early.leave(step, result));
  }

  /** Drops what the record has not come to. */
  dropUnrecorded(): void {
    this.#counting(() => {
      this.claimable.dropUnrecorded();
      this.early.dispose();
    });
  }

  /** Drops all but the steps that are to go on. */
  dispose(goesOn: (step: string) => boolean = () => false): void {
    this.#counting(() => {
      this.claimable.dispose(goesOn);
      this.early.dispose();
    });
  }

  #counting(drop: () => void): void {
    const before = this.#unrecorded;
    drop();
    const count = this.#unrecorded - before;
    if (count > 0) this.#onDropped(count);
  }

  get #unrecorded(): number {
    return this.claimable.unrecorded + this.early.unrecorded;
  }
}
