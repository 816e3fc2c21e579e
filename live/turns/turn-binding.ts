import type { Item } from '../../contract/items.ts';
import type { Outcome } from '../../contract/turn.ts';

export interface TurnEnd {
  readonly outcome: Outcome;
  readonly items: readonly Item[];
  /** Why it ended, where the record did not end it. */
  readonly reason?: string;
}

/** `replaced`: another process speaks for the turn. */
export type LiveTurnState = 'starting' | 'bound' | 'refused' | 'replaced' | 'closed';

/**
 * Whether a turn is this process's to do. `starting` becomes `bound` when home takes the first step, or `refused` when
 * the front end gives up waiting: whichever is first, in one process and one tick, and never both (I8).
 */
export class TurnBinding {
  readonly #bound = Promise.withResolvers<void>();
  readonly #refused = Promise.withResolvers<void>();
  readonly #replaced = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<TurnEnd>();
  #state: LiveTurnState = 'starting';
  #boundAt: string | undefined;

  get state(): LiveTurnState {
    return this.#state;
  }

  /** Resolves when home has taken the first step. Never rejects. */
  get bound(): Promise<void> {
    return this.#bound.promise;
  }

  /** When the first step was taken here, in ISO 8601. */
  get boundAt(): string | undefined {
    return this.#boundAt;
  }

  /** Resolves when the front end has given the turn up. Never rejects. */
  get refused(): Promise<void> {
    return this.#refused.promise;
  }

  /** Resolves when another process has taken the turn. Never rejects. */
  get replaced(): Promise<void> {
    return this.#replaced.promise;
  }

  /** Resolves when the turn is over. Never rejects. */
  get closed(): Promise<TurnEnd> {
    return this.#closed.promise;
  }

  /** The first step was taken here. False where the front end has refused the turn meanwhile. */
  bind(): boolean {
    if (this.#state === 'refused') return false;
    if (this.#state === 'starting') this.#state = 'bound';
    this.#boundAt ??= new Date().toISOString();
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

  /** Another process has taken the turn. */
  letGo(): void {
    this.#state = 'replaced';
    this.#replaced.resolve();
  }

  /** The turn is over: who waits for `closed` gets how it ended. */
  close(end: TurnEnd): void {
    this.#state = 'closed';
    this.#closed.resolve(end);
  }
}
