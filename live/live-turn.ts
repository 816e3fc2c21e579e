import type { Cut, Interrupt, Interrupted } from '../contract/cut.ts';
import type { Item } from '../contract/items.ts';
import type { CallResult, Round } from '../contract/rounds.ts';
import type { TurnInput, TurnRecord, TurnResult } from '../contract/turn.ts';
import type { NewEvent } from '../stream/turn-stream.ts';
import { advance, beginTurn, resumeTurn } from '../turn/advance.ts';
import { cutOf, isDropped } from '../turn/barge-in.ts';
import { heardOf, transcript } from '../turn/transcript.ts';
import type { TurnHappening, TurnState } from '../turn/turn-state.ts';
import { Claims } from './claims.ts';
import type { PhraseChoice } from './phrase-choice.ts';
import type { HeardUntil, VoiceQueue } from './voice-queue.ts';

export type OpenedInput = TurnInput & Required<Pick<TurnInput, 'number' | 'terms' | 'history'>>;

export type LiveTurnState = 'starting' | 'bound' | 'refused' | 'closed';

export interface OpenTurn {
  readonly id: string;
  readonly input: OpenedInput;
  /** The conversation before this turn, as it is known when it is asked: a call of an earlier turn may still be open. */
  readonly before: () => readonly Item[];
}

export interface LiveTurnParts {
  readonly createVoice: (turn: LiveTurn) => VoiceQueue;
  /** Of the conversation: what was said last is not said again. */
  readonly phrases: PhraseChoice;
  readonly publish: (event: NewEvent) => void;
  /** Resolves when the record has the cut, or the turn is over. Never rejects. */
  readonly recordCut: (cut: Cut) => Promise<void>;
  /** Earlier turns of the conversation that still have something to say. */
  readonly silence: Promise<unknown>;
}

export interface AskedInterrupt extends Pick<Interrupt, 'id'> {
  /** Only this speech is to be cut; where another one is being said, nothing is. */
  readonly speech?: string;
  /** What the client has played of it. */
  readonly heardMs?: number;
}

export interface LiveInterrupt {
  readonly answer: Interrupted;
  /** Undefined where nothing was left to cut. */
  readonly cut: Cut | undefined;
  /** Resolves when the record has it. Never rejects. */
  readonly recorded: Promise<void>;
}

/**
 * One open turn in the process that is its home.
 *
 * 1. `starting` becomes `bound` when home takes the first step, or `refused` when the front end gives up waiting:
 *    whichever is first, in one process and one tick, and never both (I8).
 * 2. What it knows of the turn's course is what the rules make of the steps that ended here, and of the record where the
 *    turn was taken over; nothing of it outlives the turn.
 * 3. It decides what a barge-in does, in the tick in which it comes (I7): silence, then aborts, then the record.
 */
export class LiveTurn {
  readonly id: string;
  readonly input: OpenedInput;
  readonly claims = new Claims();
  readonly voice: VoiceQueue;
  readonly #before: OpenTurn['before'];
  readonly #parts: LiveTurnParts;
  readonly #bound = Promise.withResolvers<void>();
  readonly #refused = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<TurnResult>();
  readonly #begun = new Set<string>();
  readonly #interrupts = new Map<string, LiveInterrupt>();
  #cutting = new AbortController();
  /** Of its home: what an older one publishes is not heard any more (I4). */
  epoch = 0;
  #state: LiveTurnState = 'starting';
  #played: TurnState;

  constructor({ id, input, before }: OpenTurn, parts: LiveTurnParts) {
    this.id = id;
    this.input = input;
    this.#before = before;
    this.#parts = parts;
    this.#played = beginTurn(input.terms, input.text !== undefined).state;
    this.voice = parts.createVoice(this);
  }

  get state(): LiveTurnState {
    return this.#state;
  }

  get phrases(): PhraseChoice {
    return this.#parts.phrases;
  }

  /** Resolves when home has taken the first step. Never rejects. */
  get bound(): Promise<void> {
    return this.#bound.promise;
  }

  /** Resolves when the front end has given the turn up. Never rejects. */
  get refused(): Promise<void> {
    return this.#refused.promise;
  }

  /** Resolves with the result when the turn is over. Never rejects. */
  get closed(): Promise<TurnResult> {
    return this.#closed.promise;
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

  /** The last barge-in: what goes on of the turn goes on unheard. */
  get cut(): Cut | undefined {
    return this.#played.cut;
  }

  /** Still has something to say, if only the answer of a call that blocks. */
  get isTalking(): boolean {
    return !this.#played.finished && this.#played.ending !== 'interrupted';
  }

  /** Aborted by the next barge-in. */
  get cutting(): AbortSignal {
    return this.#cutting.signal;
  }

  round(number: number): Round | undefined {
    return this.#played.rounds.find((round) => round.round === number);
  }

  /** The round of a call, by the call's id. */
  roundOf(id: string): Round | undefined {
    return this.#played.rounds.find((round) => round.calls.some((call) => call.call === id));
  }

  resultOf(id: string): CallResult | undefined {
    return this.roundOf(id)?.calls.find((call) => call.call === id)?.settled;
  }

  /** A call has passed its gate: from now on a barge-in treats it as its policy says. */
  begin(call: string): void {
    this.#begun.add(call);
  }

  /** The first step was taken here. False where the front end has refused the turn meanwhile. */
  bind(): boolean {
    if (this.#state === 'refused') return false;
    if (this.#state === 'starting') this.#state = 'bound';
    this.#bound.resolve();
    return true;
  }

  /** The front end gives the turn up. False where its first step was taken already: then it goes on. */
  refuse(): boolean {
    if (this.#state !== 'starting') return this.#state === 'refused';
    this.#state = 'refused';
    this.#refused.resolve();
    return true;
  }

  /** A step of this process has ended: the same rules that the workflow follows say what the turn is now. */
  happened(happening: TurnHappening): void {
    this.#played = advance(this.#played, happening).state;
  }

  /** The turn as its record has it, for a process that takes it over. */
  resume(record: Pick<TurnRecord, 'rounds' | 'ending'>): void {
    this.#played = resumeTurn(this.input.terms, record);
    this.voice.reserve(record.rounds.flatMap((round) => round.speeches.map((speech) => speech.speech)));
  }

  /**
   * The caller speaks. Returns with the voice silent and all that may be cancelled aborted; the record follows. One that
   * comes again, late, or for another speech than the one that is being said, changes nothing and tells what is true now.
   */
  interrupt({ id, speech, heardMs }: AskedInterrupt): LiveInterrupt {
    const earlier = this.#interrupts.get(id);
    if (earlier) return earlier;
    const isMeant = speech === undefined || this.voice.current === speech;
    const until = speech !== undefined && heardMs !== undefined ? { speech, heardMs } : undefined;
    const cut = isMeant && this.#state !== 'closed' ? this.#cutNow(id, until) : undefined;
    const recorded = cut ? this.#parts.recordCut(cut) : this.#lastRecorded();
    const answer = { interrupted: this.cut !== undefined, heardText: heardOf(this.ownItems) };
    const done = { answer, cut, recorded };
    this.#interrupts.set(id, done);
    return done;
  }

  #cutNow(id: string, until: HeardUntil | undefined): Cut | undefined {
    if (cutOf(this.#played, { id, running: this.#begun, said: [] }) === undefined) return undefined;
    const { current } = this.voice;
    this.voice.cutAll(until);
    const heardMs = current === undefined ? 0 : this.voice.get(current)?.heardMs;
    const cut = cutOf(this.#played, { id, running: this.#begun, said: this.voice.said });
    if (!cut) return undefined;
    this.happened({ type: 'interrupted', cut });
    this.claims.drop((step) => isDropped(cut, step));
    this.#cutting.abort(new Error('The caller spoke'));
    this.#cutting = new AbortController();
    if (!cut.answers) this.voice.close();
    const what = current === undefined ? {} : { speech: current, heardMs: Math.round(heardMs ?? 0) };
    this.#parts.publish({ type: 'turn.interrupted', ...what });
    return cut;
  }

  async #lastRecorded(): Promise<void> {
    await [...this.#interrupts.values()].at(-1)?.recorded;
  }

  /** The turn is over: who waits for `closed` gets the result. */
  close(result: TurnResult): void {
    this.#state = 'closed';
    this.#closed.resolve(result);
    this.dispose();
  }

  /** Ends all that this process still does for the turn. */
  dispose(): void {
    this.claims.dispose();
    this.voice.close();
  }
}
