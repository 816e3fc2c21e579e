import type { TurnResult } from '../contract/turn.ts';

export type LiveTurnState = 'starting' | 'bound' | 'refused' | 'closed';

/**
 * Whether a turn is this process's to do. `starting` becomes `bound` when home takes the first step, or `refused` when
 * the front end gives up waiting: whichever is first, in one process and one tick, and never both (I8).
 */
export class TurnBinding {
  readonly #bound = Promise.withResolvers<void>();
  readonly #refused = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<TurnResult>();
  #state: LiveTurnState = 'starting';

  get state(): LiveTurnState {
    return this.#state;
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

  /** The turn is over: who waits for `closed` gets the result. */
  close(result: TurnResult): void {
    this.#state = 'closed';
    this.#closed.resolve(result);
  }
}
