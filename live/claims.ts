interface Claimed {
  readonly input: string;
  readonly abort: AbortController;
  readonly result: Promise<unknown>;
}

/**
 * What this process has done or is doing for the steps of one turn.
 *
 * 1. A step with the input that a run began with joins that run, however often it comes (I3).
 * 2. A step with another input drops the earlier run and is done anew.
 * 3. What a barge-in drops is aborted in its tick, even while it begins, and does not begin after it.
 * 4. Nothing is kept past the turn: `dispose` aborts what still runs.
 */
export class Claims {
  readonly #runs = new Map<string, Claimed>();
  #isDropped: (step: string) => boolean = () => false;

  join<T>(step: string, input: unknown, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const text = JSON.stringify(input);
    const earlier = this.#runs.get(step);
    if (earlier?.input === text) return earlier.result as Promise<T>;
    earlier?.abort.abort(new Error(`Step '${step}' was dropped: its input changed`));
    const abort = new AbortController();
    if (this.#isDropped(step)) abort.abort(dropped(step));
    const result = Promise.withResolvers<T>();
    this.#runs.set(step, { input: text, abort, result: result.promise });
    result.resolve(run(abort.signal));
    return result.promise;
  }

  /** Aborts the run of a step that is no longer wanted. */
  cancel(step: string): void {
    this.#runs.get(step)?.abort.abort(new Error(`Step '${step}' was cancelled`));
  }

  /** Aborts the runs of these steps, in this tick; one of them that comes later begins aborted. */
  drop(isDropped: (step: string) => boolean): void {
    this.#isDropped = isDropped;
    for (const [step, { abort }] of this.#runs) if (isDropped(step)) abort.abort(dropped(step));
  }

  dispose(): void {
    for (const [step] of this.#runs) this.cancel(step);
    this.#runs.clear();
  }
}

function dropped(step: string): Error {
  return new Error(`Step '${step}' was dropped: the caller spoke`);
}
