import type { Cut } from '../../contract/cut.ts';
import type { Item } from '../../contract/items.ts';
import type { TurnInput, TurnRecord } from '../../contract/turn.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { advance, beginTurn, resumeTurn } from '../../turn/advance.ts';
import { withoutRecord } from '../../turn/lost-turn.ts';
import { transcript } from '../../turn/transcript.ts';
import type { TurnCommand, TurnHappening, TurnState } from '../../turn/turn-state.ts';
import { Claims } from './claims.ts';
import type { Clock } from '../../time/clock.ts';
import { HeldEvents, type Publish } from './held-events.ts';
import { Interrupts, type AskedInterrupt, type LiveInterrupt } from './interrupts.ts';
import type { PhraseChoice } from '../speech/phrase-choice.ts';
import type { TurnAccount } from './turn-account.ts';
import { TurnBinding, type TurnEnd } from './turn-binding.ts';
import type { VoiceQueue } from '../speech/voice-queue.ts';

export type OpenedInput = TurnInput & Required<Pick<TurnInput, 'number' | 'terms' | 'history'>>;

export interface OpenTurn {
  readonly id: string;
  readonly input: OpenedInput;
  /** The conversation before this turn, as it is known when it is asked: a call of an earlier turn may still be open. */
  readonly before: () => readonly Item[];
  /** When it was posted, on the process clock: time zero of what is told of it. Default: now. */
  readonly startedMs?: number;
}

export interface LiveTurnParts {
  readonly clock: Clock;
  readonly createVoice: (turn: LiveTurn) => VoiceQueue;
  /** Of the conversation: what was said last is not said again. */
  readonly phrases: PhraseChoice;
  readonly publish: Publish;
  readonly account: TurnAccount;
  /** Does what the rules command, ahead of the record. Undefined where nothing runs ahead. */
  readonly createPlayer?: (turn: LiveTurn) => Player;
  /** Resolves when the record has the cut, or the turn is over. Never rejects. */
  readonly recordCut: (cut: Cut) => Promise<void>;
  /** How long after a step was begun here the record came to it, in ms. */
  readonly onLead: (leadMs: number) => void;
  /** So many runs were ended that the record never came to. */
  readonly onDropped: (count: number) => void;
  /** Resolves when no earlier turn of the conversation has anything to say. */
  readonly silence: Promise<unknown>;
}

/** Does what the rules command. */
export interface Player {
  perform: (commands: readonly TurnCommand[]) => void;
}

/**
 * One open turn in the process that is its home.
 *
 * 1. It is bound or refused, and never both: see `TurnBinding`.
 * 2. What it knows of the turn's course is what the rules make of the steps that ended here, and of the record where the
 *    turn was taken over; nothing of it outlives the turn.
 * 3. It decides what a barge-in does, in the tick in which it comes (I7): silence, then aborts, then the record.
 */
export class LiveTurn extends TurnBinding {
  readonly id: string;
  readonly input: OpenedInput;
  readonly clock: Clock;
  /** When it was posted, on the process clock. */
  readonly startedMs: number;
  readonly claims: Claims;
  /** Reads that were begun while the model still wrote their round. */
  readonly early: Claims;
  readonly voice: VoiceQueue;
  readonly #before: OpenTurn['before'];
  readonly #parts: LiveTurnParts;
  readonly #begun = new Set<string>();
  readonly #fillers = new Set<string>();
  readonly #interrupts: Interrupts;
  readonly #held: HeldEvents;
  readonly #silent = Promise.withResolvers<void>();
  #isAnnounced = false;
  #player: Player | undefined;
  #cutting = new AbortController();
  #steps = 0;
  #touchedMs: number;
  /** Of its home: what an older one publishes is not heard any more (I4). */
  epoch = 0;
  /** Of the workflow that asks for its steps: a reset makes another one. Undefined until the first step. */
  run: string | undefined;
  #played: TurnState;

  constructor({ id, input, before, startedMs }: OpenTurn, parts: LiveTurnParts) {
    super();
    this.id = id;
    this.input = input;
    this.#before = before;
    this.#parts = parts;
    this.clock = parts.clock;
    this.#touchedMs = parts.clock.nowMs();
    this.startedMs = startedMs ?? parts.clock.nowMs();
    this.claims = new Claims(parts.clock);
    this.early = new Claims(parts.clock);
    this.#played = beginTurn(input.terms, input.text !== undefined).state;
    this.#held = new HeldEvents(parts.publish, parts.clock);
    this.#interrupts = new Interrupts(this, parts.recordCut);
    this.voice = parts.createVoice(this);
  }

  /** Begins to play ahead of the record, unless that has begun, or the turn was refused. Changes nothing where nothing runs ahead. */
  play(): void {
    if (this.state === 'refused' || this.claims.size > 0) return;
    this.#player = this.#parts.createPlayer?.(this);
    if (!this.#player) return;
    this.announce();
    const { state, commands } = beginTurn(this.input.terms, this.input.text !== undefined);
    this.#played = state;
    this.#player.perform(commands);
  }

  get runsAhead(): boolean {
    return this.#player !== undefined;
  }

  /**
   * From now on each step is done when the record asks for it. What runs without the record is dropped; what it has come
   * to and has ended here meanwhile is known here all the same.
   */
  halt(record: Pick<TurnRecord, 'rounds' | 'ending'>): void {
    this.#player = undefined;
    this.#drop(() => {
      this.claims.dropUnrecorded();
      this.early.dispose();
    });
    const calls = this.#played.rounds.flatMap((round) => round.calls);
    this.resume(record);
    for (const { call, settled } of calls) {
      if (settled && this.claims.isKept(call)) this.happened({ type: 'call_settled', call, result: settled });
    }
  }

  /** Temporal has taken the turn: what was made ready until now is published, and speech may begin. */
  acknowledge(): void {
    this.#held.release();
  }

  /** Resolves when Temporal has taken the turn. */
  get acknowledged(): Promise<void> {
    return this.#held.released;
  }

  publish(step: string, event: NewEvent): void {
    this.#held.publish(step, event);
  }

  /** The call that a read was begun for is not made. */
  dropEarly(step: string, result: Promise<unknown>): void {
    this.#drop(() => this.early.leave(step, result));
  }

  /** Tells readers that the turn began. */
  announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    const { conversationId, number, text } = this.input;
    const input = text === undefined ? {} : { input: { text } };
    this.publish('start', { type: 'turn.started', conversationId, number, ...input });
  }

  /** The record has come to a step. */
  recorded(step: string): void {
    const leadMs = this.claims.record(step);
    if (leadMs === undefined || !this.runsAhead) return;
    this.#parts.onLead(leadMs);
    this.publish(step, { type: 'step.recorded', step, leadMs: Math.round(leadMs) });
  }

  get phrases(): PhraseChoice {
    return this.#parts.phrases;
  }

  /** What an operator is told of the turn when it is over. */
  get account(): TurnAccount {
    return this.#parts.account;
  }

  /** Resolves when no earlier turn of the conversation speaks any more. */
  get silence(): Promise<unknown> {
    return this.#parts.silence;
  }

  /** The conversation before this turn and the turn so far. */
  get items(): readonly Item[] {
    return [...this.#before(), ...this.ownItems];
  }

  get ownItems(): readonly Item[] {
    return transcript(this.input.text, this.#played.rounds);
  }

  /** What the rules say of the turn now. */
  get played(): TurnState {
    return this.#played;
  }

  /** Calls that have passed their gate. */
  get begun(): ReadonlySet<string> {
    return this.#begun;
  }

  /** The last barge-in: what goes on of the turn goes on unheard. */
  get cut(): Cut | undefined {
    return this.#played.cut;
  }

  /** Still has something to say, if only the answer of a call that blocks. */
  get isTalking(): boolean {
    return !this.#played.finished && this.#played.ending !== 'interrupted';
  }

  /** Resolves when it has nothing to say any more: all was said, the caller spoke, or it is not open here any more. */
  get silent(): Promise<void> {
    return this.#silent.promise;
  }

  /** Aborted by the next barge-in. */
  get cutting(): AbortSignal {
    return this.#cutting.signal;
  }

  /** A step of the record is being done here: while it is, Temporal tells when the record is gone. Returns what ends that. */
  touch(): () => void {
    this.#steps += 1;
    return () => {
      this.#steps -= 1;
      this.#touchedMs = this.clock.nowMs();
    };
  }

  /** Temporal has ended a step, for a reason that is not known here. */
  loseTouch(): void {
    this.#touchedMs = -Infinity;
  }

  /** For how long it has not been known whether the record is still there. */
  get outOfTouchMs(): number {
    const isInTouch = this.#steps > 0 && this.#touchedMs !== -Infinity;
    return isInTouch ? 0 : this.clock.nowMs() - this.#touchedMs;
  }

  /** Whether a filler of the agent is still to be said in a round, whichever of its calls asks first. */
  takeFiller(round: number, afterMs: number): boolean {
    const filler = `${round}/${afterMs}`;
    if (this.#fillers.has(filler)) return false;
    this.#fillers.add(filler);
    return true;
  }

  /** A call has passed its gate: from now on a barge-in treats it as its policy says. */
  begin(call: string): void {
    this.#begun.add(call);
  }

  /** A step of this process has ended: the same rules that the workflow follows say what the turn is now. */
  happened(happening: TurnHappening): void {
    const { state, commands } = advance(this.#played, happening);
    this.#played = state;
    if (!this.isTalking) this.#silent.resolve();
    this.#player?.perform(commands);
  }

  /** The turn as its record has it, for a process that takes it over. */
  resume(record: Pick<TurnRecord, 'rounds' | 'ending'>): void {
    this.#played = resumeTurn(this.input.terms, record);
    this.voice.reserve(record.rounds.flatMap((round) => round.speeches.map((speech) => speech.speech)));
  }

  /** The caller speaks: see `Interrupts`. */
  interrupt(asked: AskedInterrupt): LiveInterrupt {
    return this.#interrupts.take(asked);
  }

  /** Home has cut the turn: what is dropped is aborted in this tick, and is not begun if it comes later. */
  dropAll(isDropped: (step: string) => boolean): void {
    for (const runs of [this.claims, this.early]) runs.drop(isDropped);
    this.#cutting.abort(new Error('The caller spoke'));
    this.#cutting = new AbortController();
  }

  /** Its record is gone: silent at once. What was heard counts; of its calls, what is not known is said to be unknown. */
  abandon(): void {
    this.#player = undefined;
    this.#interrupts.silence();
    this.#played = withoutRecord(this.#played, this.#begun);
    this.dispose();
  }

  override refuse(): boolean {
    const isRefused = super.refuse();
    if (isRefused) this.dispose();
    return isRefused;
  }

  override close(end: TurnEnd): void {
    super.close(end);
    this.dispose();
  }

  /** Ends all that this process still does for the turn. */
  dispose(): void {
    this.#player = undefined;
    this.#drop(() => {
      this.claims.dispose();
      this.early.dispose();
    });
    this.voice.close();
    this.#silent.resolve();
  }

  /** Ends runs, and tells how many of them ran in vain. */
  #drop(drop: () => void): void {
    const before = this.claims.unrecorded + this.early.unrecorded;
    drop();
    const count = this.claims.unrecorded + this.early.unrecorded - before;
    if (count > 0) this.#parts.onDropped(count);
  }
}
