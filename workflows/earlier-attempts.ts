import type { BegunWhere } from '../contract/rounds.ts';
import type { HomeStep, Place } from './home-step.ts';

/** How a home failed to do a step: it never took it, took it and stopped heartbeating, or handed it over because it stops. */
export type Loss = 'not_taken' | 'no_heartbeat' | 'stopping';

/** What is known of the attempts at a step so far: whether one of them may have begun it where nobody can join it any more. */
export class EarlierAttempts<T> {
  readonly #step: Pick<HomeStep<T>, 'ifMaybeBegun' | 'isRepeatable'>;
  #wasTaken = false;
  #begun: BegunWhere | undefined;

  constructor(step: Pick<HomeStep<T>, 'ifMaybeBegun' | 'isRepeatable'>) {
    this.#step = step;
  }

  /** What the next attempt is told. */
  get told(): Pick<Place, 'mayHaveBegun'> {
    return this.#begun && this.#step.isRepeatable ? { mayHaveBegun: this.#begun } : {};
  }

  mayHaveBegun(where: BegunWhere): void {
    this.#begun ??= where;
  }

  /** An attempt was lost, and the home that had it is still the turn's. */
  lost(loss: Loss | undefined): void {
    this.#wasTaken ||= loss === 'no_heartbeat' || loss === 'stopping';
  }

  /** No attempt so far can be joined any more. If one of them may have done it, that counts, however the last one ended. */
  left(): void {
    if (this.#wasTaken) this.mayHaveBegun('in a lost process');
  }

  /** The step's result, if it may have begun and is not done again. */
  settle(isDoneAgain: boolean): { readonly result: T } | undefined {
    const { ifMaybeBegun, isRepeatable = false } = this.#step;
    if (!this.#begun || !ifMaybeBegun || (isDoneAgain && isRepeatable)) return undefined;
    return { result: ifMaybeBegun(this.#begun) };
  }
}
