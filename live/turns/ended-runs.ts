import { LRUCache } from 'lru-cache';

/** One run of a turn's workflow: a reset makes another one. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

interface LastStep {
  readonly runId: string;
  readonly step: string;
  readonly result: object;
}

/** Turns that have ended here with a step of theirs: one whose answer was lost on its way to Temporal comes again. */
export class EndedRuns {
  readonly #lastSteps = new LRUCache<string, LastStep>({ maxSize: 10_000, sizeCalculation: () => 1 });

  /** Keeps the result of the step that has ended a turn. */
  add({ workflowId, runId }: Run, step: string, result: object): void {
    this.#lastSteps.set(workflowId, { runId, step, result });
  }

  /** Whether a turn has ended here that its workflow may still be about to end. */
  has({ workflowId, runId }: Run): boolean {
    return this.#lastSteps.get(workflowId)?.runId === runId;
  }

  /** The result of the step, if it has ended the turn. */
  resultOf<T>(run: Run, step: string): T | undefined {
    const last = this.has(run) ? this.#lastSteps.get(run.workflowId) : undefined;
    return last?.step === step ? (last.result as T) : undefined;
  }
}
