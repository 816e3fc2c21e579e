import { AsyncLocalStorage } from 'node:async_hooks';
import type { Json } from '../../contract/items.ts';
import { processClock, type Clock } from '../../time/clock.ts';

/** Whose code it is that runs: a tool of the agent, for one call, or without a name the agent's module. */
export interface Author {
  readonly tool?: string;
  /** Step id of the call. */
  readonly call?: string;
  readonly turn?: string;
  /** The arguments of the call, as the model wrote them: no log may repeat them. */
  readonly given?: Json;
}

/** Told how long code of an author ran without letting anything else run, in ms. */
export type OnSynchronous = (author: Author, ms: number) => void;

/**
 * Knows whose code runs. All that an agent's author wrote is run here: by its async context, what it leaves behind
 * is known as its own, such as a timer that throws or a promise that nobody awaits.
 */
export class AuthorCode {
  readonly #clock: Clock;
  readonly #storage = new AsyncLocalStorage<Author>();
  readonly #running = new Set<Author>();
  /** Of those that ran since they were last asked for. */
  readonly #ran = new Set<Author>();
  #onSynchronous: OnSynchronous | undefined;

  constructor(clock: Clock = processClock) {
    this.#clock = clock;
  }

  /** Whose code runs now, or set in motion what runs now. Undefined where it is Legato's own. */
  get current(): Author | undefined {
    return this.#storage.getStore();
  }

  watch(onSynchronous: OnSynchronous): void {
    this.#onSynchronous = onSynchronous;
  }

  /** Runs code of an author that is done when it returns, or a part of it. */
  run<T>(author: Author, code: () => T): T {
    const startedMs = this.#clock.nowMs();
    try {
      return this.#storage.run(author, code);
    } finally {
      this.#onSynchronous?.(author, this.#clock.nowMs() - startedMs);
    }
  }

  /** Runs code of an author that may go on after it has returned. */
  async follow<T>(author: Author, code: () => T | PromiseLike<T>): Promise<T> {
    this.#running.add(author);
    this.#ran.add(author);
    try {
      return await this.run(author, code);
    } finally {
      this.#running.delete(author);
    }
  }

  /** A function of ours that code of an author calls: what it sets in motion is ours. */
  outside<Args extends unknown[]>(ours: (...args: Args) => void): (...args: Args) => void {
    return (...args) => this.#storage.exit(() => ours(...args));
  }

  /** Whose code was running at any time since this was asked for last, and has not been waited for to its end. */
  takeRan(): readonly Author[] {
    const ran = [...this.#ran];
    this.#ran.clear();
    for (const author of this.#running) this.#ran.add(author);
    return ran;
  }
}
