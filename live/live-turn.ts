import type { Item } from '../contract/items.ts';
import type { CallResult, Round } from '../contract/rounds.ts';
import type { TurnInput, TurnResult } from '../contract/turn.ts';
import { transcript } from '../turn/transcript.ts';
import { Claims } from './claims.ts';
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
 * 2. What it holds of rounds is what the steps of this process returned, or what the record held when the turn was
 *    taken over; nothing of it outlives the turn.
 */
export class LiveTurn {
  readonly id: string;
  readonly input: OpenedInput;
  readonly claims = new Claims();
  readonly voice: VoiceQueue;
  readonly #before: readonly Item[];
  readonly #bound = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<TurnResult>();
  readonly #rounds = new Map<number, Round>();
  #state: LiveTurnState = 'starting';

  constructor({ id, input, items }: OpenTurn, voice: VoiceQueue) {
    this.id = id;
    this.input = input;
    this.#before = items;
    this.voice = voice;
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
    const rounds = [...this.#rounds.values()].sort((a, b) => a.round - b.round);
    return [...this.#before, ...transcript(this.input.text, rounds)];
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

  recordRound(round: Round): void {
    this.#rounds.set(round.round, round);
  }

  recordResult(id: string, settled: CallResult): void {
    for (const round of this.#rounds.values()) {
      const calls = round.calls.map((call) => (call.call === id ? { ...call, settled } : call));
      this.#rounds.set(round.round, { ...round, calls });
    }
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
