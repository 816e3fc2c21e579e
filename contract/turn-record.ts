import type { BargeIn } from './barge-in.ts';
import type { Item } from './items.ts';
import type { RecordedRound } from './rounds.ts';
import type { EarlierStart, OpenedStart, Outcome, StepRecord } from './turn.ts';
import type { ModelUsage } from './usage.ts';

/** What the rules know of a turn (`turn/turn-state.ts`), but for its terms, which are in the turn's start. As JSON, what is undefined is left out. */
export interface RecordedState {
  readonly rounds: readonly RecordedRound[];
  /** The round whose model call is under way. */
  readonly thinking: number | undefined;
  readonly faultyRounds: number;
  /** Set once nothing new begins: the turn waits only for its speech to end, and for writes. */
  readonly ending: Outcome | undefined;
  /** The step that made the turn fail. */
  readonly failedStep: string | undefined;
  readonly finished: boolean;
  /** The last barge-in. */
  readonly bargeIn: BargeIn | undefined;
}

/** Answer of the query `turnRecord`: the turn as its workflow knows it now. */
export interface TurnRecord {
  readonly start: OpenedStart;
  readonly epoch: number;
  /** Its home does not answer: another process may be about to take it. */
  readonly isMoving?: true;
  /** A reset made this run. */
  readonly isReset?: true;
  /** When it was posted, in ISO 8601. */
  readonly startedAt: string;
  /** Set once all is said and the turn only tells others that it ended. */
  readonly outcome?: Outcome;
  readonly degraded: boolean;
  /** Calls that tools-only workers run or have run: no home saw them begin but the one that let them. */
  readonly begunElsewhere?: readonly string[];
  /** What a new home goes on with. */
  readonly state: RecordedState;
  readonly items: readonly Item[];
  readonly steps: readonly StepRecord[];
  /** Of its steps that have ended, by model. */
  readonly usage?: ModelUsage[];
}

/** A record as processes of an earlier version answer it: of the rules' state it has the rounds and how the turn is ending. */
export interface EarlierRecord extends Omit<TurnRecord, 'start' | 'state'> {
  readonly input: EarlierStart<OpenedStart>;
  readonly rounds: readonly RecordedRound[];
  readonly ending?: Outcome;
}
