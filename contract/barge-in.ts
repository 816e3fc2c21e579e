import type { Speech } from './rounds.ts';
import type { Outcome } from './turn.ts';

/**
 * Home's account of a barge-in (I7): the order of events as the process that talks to the caller saw it. The record
 * takes it over and does not decide again, in whatever order the server sees the messages.
 */
export interface BargeIn {
  /** Of the interrupt. */
  readonly id: string;
  /** Barge-ins of a turn are numbered from 1; one that arrives after a later one is ignored. */
  readonly number: number;
  /** Steps that had ended before it: they land. */
  readonly settled: readonly string[];
  /** Calls that had begun and run to their end; all other open calls are cancelled. */
  readonly begun: readonly string[];
  /** All that was said until then, each speech with what was heard of it. */
  readonly said: readonly Speech[];
  /** A call that blocks goes on, and so does the turn, to that call's answer. */
  readonly answers: boolean;
  /** How the turn was ending already, where a barge-in does not change that: it has failed, or run out of time. */
  readonly ending?: Outcome;
}

/** Argument of the update and of the signal `interrupt`. `cut`: the barge-in as home has decided it; without it the workflow asks home. */
export interface Interrupt {
  /** A repeat of an id changes nothing. */
  readonly id: string;
  /** Cut this speech only: if another one is playing, nothing is cut. */
  readonly speech?: string;
  /** What the client has played of it. */
  readonly heardMs?: number;
  readonly cut?: BargeIn;
  /** Of the home that has decided `cut`: an account of an older home is refused. Earlier versions leave it out, and are believed. */
  readonly epoch?: number;
}

/** An interrupt that is still to be decided. */
export type AskedInterrupt = Omit<Interrupt, 'cut' | 'epoch'>;

/** What is true of a turn once an interrupt was recorded. */
export interface Interrupted {
  /** Whether the turn was interrupted, by this interrupt or an earlier one. */
  readonly interrupted: boolean;
  /** All that was heard of the turn: the words of all its speeches, in the order of its transcript. */
  readonly heardText: string;
}
