import type { CallResult } from '../../contract/rounds.ts';

/** A tool that a tools-only worker runs, as home sees it: home lets it begin, and the record brings its result. */
export class RunElsewhere {
  readonly #begun = Promise.withResolvers<void>();
  readonly #result = Promise.withResolvers<CallResult>();

  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  get result(): Promise<CallResult> {
    return this.#result.promise;
  }

  /** Its gate is open, and the caller has not spoken: it may be scheduled. */
  begin(): void {
    this.#begun.resolve();
  }

  end(result: CallResult): void {
    this.#result.resolve(result);
  }
}

/** Those of one turn, by call. */
export class RunsElsewhere {
  readonly #runs = new Map<string, RunElsewhere>();

  of(call: string): RunElsewhere {
    const run = this.#runs.get(call) ?? new RunElsewhere();
    this.#runs.set(call, run);
    return run;
  }
}
