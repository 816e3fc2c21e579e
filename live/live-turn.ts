import type { Item } from '../contract/items.ts';
import type { Round } from '../contract/rounds.ts';
import type { TurnInput, TurnResult } from '../contract/turn.ts';
import { advance, beginTurn, resumeTurn } from '../turn/advance.ts';
import { transcript } from '../turn/transcript.ts';
import type { TurnHappening, TurnState } from '../turn/turn-state.ts';
import { Claims } from './claims.ts';
import type { PhraseChoice } from './phrase-choice.ts';
import type { VoiceQueue } from './voice-queue.ts';

export type OpenedInput = TurnInput & Required<Pick<TurnInput, 'number' | 'terms' | 'history'>>;

export type LiveTurnState = 'starting' | 'bound' | 'refused' | 'closed';

export interface OpenTurn {
  readonly id: string;
  readonly input: OpenedInput;
  /** The conversation before this turn: the input's history, unpacked. */
  readonly items: readonly Item[];
}

/**
 * One open turn in the process that is its home.
 *
 * 1. `starting` becomes `bound` when home takes the first step, or `refused` when the front end gives up waiting:
 *    whichever is first, in one process and one tick, and never both (I8).
 * 2. What it knows of the turn's course is what the rules make of the steps that ended here, and of the record where the
 *    turn was taken over; nothing of it outlives the turn.
 */
export class LiveTurn {
  readonly id: string;
  readonly input: OpenedInput;
  readonly claims = new Claims();
  readonly voice: VoiceQueue;
  /** Of the conversation: what was said last is not said again. */
  readonly phrases: PhraseChoice;
  readonly #before: readonly Item[];
  readonly #bound = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<TurnResult>();
  #state: LiveTurnState = 'starting';
  #played: TurnState;

  constructor({ id, input, items }: OpenTurn, { voice, phrases }: Pick<LiveTurn, 'voice' | 'phrases'>) {
    this.id = id;
    this.input = input;
    this.#before = items;
    this.voice = voice;
    this.phrases = phrases;
    this.#played = beginTurn(input.terms).state;
  }

  get state(): LiveTurnState {
    return this.#state;
  }

  /** Resolves when home has taken the first step. Never rejects. */
  get bound(): Promise<void> {
    return this.#bound.promise;
  }

  /** Resolves with the result when the turn is over. Never rejects. */
  get closed(): Promise<TurnResult> {
    return this.#closed.promise;
  }

  /** The conversation before this turn and the turn so far. */
  get items(): readonly Item[] {
    return [...this.#before, ...transcript(this.input.text, this.#played.rounds)];
  }

  round(number: number): Round | undefined {
    return this.#played.rounds.find((round) => round.round === number);
  }

  /** The round of a call, by the call's id. */
  roundOf(id: string): Round | undefined {
    return this.#played.rounds.find((round) => round.calls.some((call) => call.call === id));
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
    return true;
  }

  /** A step of this process has ended: the same rules that the workflow follows say what the turn is now. */
  happened(happening: TurnHappening): void {
    this.#played = advance(this.#played, happening).state;
  }

  /** The turn as its record has it, for a process that takes it over. */
  resume(rounds: readonly Round[]): void {
    this.#played = resumeTurn(this.input.terms, rounds);
    this.voice.reserve(rounds.flatMap((round) => round.speeches.map((speech) => speech.speech)));
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
    this.voice.cutAll();
  }
}
