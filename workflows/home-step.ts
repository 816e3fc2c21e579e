import type { BegunWhere } from '../contract/rounds.ts';

/** Which process does a step, and how the step gets there. */
export interface Place {
  /** The task queue of the process that is the turn's home. */
  readonly home: string;
  readonly epoch: number;
  /** From 1. */
  readonly attempt: number;
  /** Through the turn's own queue, by eager dispatch, instead of home's queue. */
  readonly isEager: boolean;
  /** Of a step that must not be done twice, and that says what it does then. */
  readonly mayHaveBegun?: BegunWhere;
}

export interface HomeStep<T> {
  readonly id: string;
  readonly schedule: (place: Place) => Promise<T>;
  /** Set for a step that must not be done twice: its result if it may have begun somewhere else. */
  readonly ifMaybeBegun?: (where: BegunWhere) => T;
  /** Such a step is scheduled again all the same, and told that it may have begun: only what cannot be done any more has that result. */
  readonly isRepeatable?: boolean;
  /**
   * What to do with a result that a home gave after the turn had moved, so that the new home does not know it: `again`
   * has the step done there too, and otherwise the result counts.
   */
  readonly ifLate: (result: T) => 'again' | undefined;
}
