import type { LiveTurns } from '../live/turns/live-turns.ts';
import { refuse } from './refusal.ts';

/** Steps that are kept for the log to claim, for each turn that may be open: beyond it the log lags too far to take more. */
const CLAIMS_PER_TURN = 8;

/** A place for a turn that may be opened. Giving it back twice changes nothing. */
export interface OpenPlace extends Disposable {
  readonly giveBack: () => void;
}

/** How many turns may be open at once. A post has its place before it waits for anything, and until its turn is open itself. */
export class OpenPlaces {
  readonly #turns: Pick<LiveTurns, 'size' | 'openClaims'>;
  readonly #max: number;
  #taken = 0;

  constructor(turns: Pick<LiveTurns, 'size' | 'openClaims'>, max: number) {
    this.#turns = turns;
    this.#max = max;
  }

  /** Throws a Refusal where there is none. */
  take(): OpenPlace {
    if (this.#turns.size + this.#taken >= this.#max) refuse({ kind: 'too_many_turns', limit: this.#max });
    const maxClaims = CLAIMS_PER_TURN * this.#max;
    if (this.#turns.openClaims >= maxClaims) refuse({ kind: 'too_many_claims', limit: maxClaims });
    this.#taken += 1;
    let isTaken = true;
    const giveBack = (): void => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
    };
    return { giveBack, [Symbol.dispose]: giveBack };
  }
}
