import type { BargeIn } from '../../contract/barge-in.ts';
import type { Item } from '../../contract/items.ts';
import type { OpenedStart, Outcome } from '../../contract/turn.ts';
import type { TurnRecord } from '../../contract/turn-record.ts';
import { advance, beginTurn } from '../../turn/advance.ts';
import type { Call } from '../../turn/call.ts';
import { withoutRecord } from '../../turn/lost-turn.ts';
import { endedPreambles } from '../../turn/rounds.ts';
import { transcript } from '../../turn/transcript.ts';
import { digestOf, endsWithItsAnswer, summaryOf, type TurnSummary } from '../../turn/turn-end.ts';
import { fromRecordedState } from '../../turn/turn-record.ts';
import type { TurnCommand, TurnHappening, TurnState } from '../../turn/turn-state.ts';

/** How a turn ended that is over with its last speech. */
export interface SpokenEnd extends TurnSummary {
  readonly outcome: Outcome;
  /** By which the record knows what was reported. */
  readonly digest: string;
}

/**
 * The course of one turn: what the rules make of the steps that ended here, and of the record where the turn was taken
 * over. It does not outlive the turn.
 */
export class TurnCourse {
  readonly #start: OpenedStart;
  readonly #begun = new Set<string>();
  readonly #silent = Promise.withResolvers<void>();
  #played: TurnState;

  constructor(start: OpenedStart) {
    this.#start = start;
    this.#played = beginTurn(start.terms, start.input).state;
  }

  /** What the rules say of the turn now. */
  get played(): TurnState {
    return this.#played;
  }

  /** The turn so far. */
  get items(): readonly Item[] {
    return transcript(this.#start.input, this.#played.rounds);
  }

  /** The last barge-in: what goes on of the turn goes on unheard. */
  get bargeIn(): BargeIn | undefined {
    return this.#played.bargeIn;
  }

  /** Calls that have passed their gate: a barge-in treats them as their policy says. */
  get begun(): ReadonlySet<string> {
    return this.#begun;
  }

  /** Still has something to say, if only the answer of a call that blocks. */
  get isTalking(): boolean {
    return !this.#played.finished && this.#played.ending !== 'interrupted';
  }

  /** Resolves when it has nothing to say any more: all was said, the caller spoke, or it is not open here any more. */
  get silent(): Promise<void> {
    return this.#silent.promise;
  }

  /** How preambles ended, of those that are over. */
  get endedPreambles(): ReturnType<typeof endedPreambles> {
    return endedPreambles(this.#played);
  }

  /** How it ended, if it is over with its last speech. Undefined where there is more to come. */
  get spokenEnd(): SpokenEnd | undefined {
    const { ending: outcome } = this.#played;
    if (!outcome || !endsWithItsAnswer(this.#played)) return undefined;
    const summary = summaryOf(this.#played, this.#start.input);
    return { outcome, ...summary, digest: digestOf(outcome, summary) };
  }

  begin(): readonly TurnCommand[] {
    const { state, commands } = beginTurn(this.#start.terms, this.#start.input);
    this.#played = state;
    return commands;
  }

  /** The turn as its record has it. */
  resume({ state, begunElsewhere = [] }: Pick<TurnRecord, 'state' | 'begunElsewhere'>): void {
    this.#played = { ...fromRecordedState(state), terms: this.#start.terms };
    // Where they had begun, they go on: the process that saw it is lost, and the barge-in counts on it.
    for (const call of [...(state.bargeIn?.begun ?? []), ...begunElsewhere]) this.#begun.add(call);
    if (!this.isTalking) this.#silent.resolve();
  }

  /** A step of this process has ended: the same rules that the workflow follows say what the turn is now. */
  happened(happening: TurnHappening): readonly TurnCommand[] {
    const { state, commands } = advance(this.#played, happening);
    this.#played = state;
    if (!this.isTalking) this.#silent.resolve();
    return commands;
  }

  /** Whether a write of this process has passed its gate: nothing stops it any more. */
  hasBegunWrite(step: string): boolean {
    const calls = this.#played.rounds.flatMap((round) => round.calls);
    const isWrite = ({ policy }: Call): boolean => policy?.effect === 'write' && policy.worker === undefined;
    return this.#begun.has(step) && calls.some((call) => call.call === step && isWrite(call));
  }

  beginCall(call: string): void {
    this.#begun.add(call);
  }

  /** The record is gone. What was heard counts; of its calls, what is not known is said to be unknown. */
  loseRecord(): void {
    this.#played = withoutRecord(this.#played, this.#begun);
  }

  /** It is not open here any more. */
  leave(): void {
    this.#silent.resolve();
  }
}
