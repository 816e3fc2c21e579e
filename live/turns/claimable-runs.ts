import type { Clock } from '../../time/clock.ts';
import { RunReplaced } from '../calls/call-step.ts';

interface Claimed {
  readonly input: string;
  readonly abort: AbortController;
  readonly result: Promise<unknown>;
  /** On the process clock. */
  readonly begunMs: number;
  /** The record has asked for it. */
  isRecorded: boolean;
}

/**
 * What this process has done or is doing for the steps of one turn.
 *
 * 1. A step with the input that a run began with joins that run, however often it comes (I3).
 * 2. A step with another input discards the earlier run and is done again.
 * 3. What a barge-in drops is aborted in its tick, even while it begins, and does not begin after it.
 * 4. Nothing is kept past the turn: `dispose` aborts what still runs.
 */
export class ClaimableRuns {
  readonly #clock: Clock;
  readonly #runs = new Map<string, Claimed>();
  #isCancelled: (step: string) => boolean = () => false;
  #unrecorded = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#runs.size;
  }

  /** Runs that the record has not reached yet. */
  get waiting(): number {
    return [...this.#runs.values()].filter(({ isRecorded }) => !isRecorded).length;
  }

  /** Runs that no step ever came for, of those that were dropped. */
  get unrecorded(): number {
    return this.#unrecorded;
  }

  /** Whether a step with this input has a run to join, or is not to be done any more. */
  has(step: string, input: unknown): boolean {
    return this.#isCancelled(step) || this.#runs.get(step)?.input === JSON.stringify(input);
  }

  join<T>(step: string, input: unknown, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const text = JSON.stringify(input);
    const earlier = this.#runs.get(step);
    if (earlier?.input === text) return earlier.result as Promise<T>;
    if (earlier) this.#drop(step, 'its input changed');
    const abort = new AbortController();
    if (this.#isCancelled(step)) abort.abort(dropped(step));
    const result = Promise.withResolvers<T>();
    const begunMs = this.#clock.nowMs();
    // Before it begins: what happens in the tick in which it does may drop it.
    this.#runs.set(step, { input: text, abort, result: result.promise, begunMs, isRecorded: false });
    result.resolve(run(abort.signal));
    return result.promise;
  }

  /** Whether a step has a run here. */
  hasRun(step: string): boolean {
    return this.#runs.has(step);
  }

  /** The run of a step, if it was begun with this input. */
  find<T>(step: string, input: unknown): Promise<T> | undefined {
    const run = this.#runs.get(step);
    return run?.input === JSON.stringify(input) ? (run.result as Promise<T>) : undefined;
  }

  /** The record has reached this step: how long after its run was begun, in ms. Undefined if it had reached it before. */
  record(step: string): number | undefined {
    const run = this.#runs.get(step);
    if (!run || run.isRecorded) return undefined;
    run.isRecorded = true;
    return this.#clock.nowMs() - run.begunMs;
  }

  /** Aborts the run of a step that is no longer wanted. */
  cancel(step: string): void {
    this.#runs.get(step)?.abort.abort(new Error(`Step '${step}' was cancelled`));
  }

  /** Ends a run whose result is for nobody: it is aborted, and no step joins it. One that took its place stays. */
  leave(step: string, result: Promise<unknown>): void {
    if (this.#runs.get(step)?.result === result) this.#drop(step, ELSEWHERE);
  }

  /** Aborts the runs of these steps, in this tick; one of them that comes later begins aborted. */
  cancelAll(isCancelled: (step: string) => boolean): void {
    this.#isCancelled = isCancelled;
    for (const [step, { abort }] of this.#runs) if (isCancelled(step)) abort.abort(dropped(step));
  }

  /** Drops all runs that the record has not come to. */
  dropUnrecorded(): void {
    for (const [step, run] of this.#runs) if (!run.isRecorded) this.#drop(step, ELSEWHERE);
  }

  dispose(goesOn: (step: string) => boolean = () => false): void {
    for (const [step] of this.#runs) if (!goesOn(step)) this.#drop(step, 'its turn is over');
  }

  #drop(step: string, why: string): void {
    const run = this.#runs.get(step);
    if (!run) return;
    if (!run.isRecorded) this.#unrecorded += 1;
    run.abort.abort(new RunReplaced(`Step '${step}' was dropped: ${why}`));
    this.#runs.delete(step);
  }
}

const ELSEWHERE = 'the turn went another way';

function dropped(step: string): Error {
  return new Error(`Step '${step}' was dropped: ${ELSEWHERE}`);
}
