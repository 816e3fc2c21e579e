import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { StepKind } from '../contract/turn.ts';
import type { Home, HomeStep } from './home.ts';
import type { StepLog } from './step-log.ts';

export interface StepToDo<T> extends HomeStep<T> {
  readonly kind: StepKind;
  readonly name?: string;
}

/** Runs steps at home, each in a scope of its own by which it is cancelled, and logs them. */
export class StepRunner {
  readonly #home: Home;
  readonly #log: StepLog;
  // Steps are begun from the continuations of other steps; none may be cancelled with the one that it followed.
  readonly #parent = CancellationScope.current();
  readonly #scopes = new Map<string, CancellationScope>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(home: Home, log: StepLog) {
    this.#home = home;
    this.#log = log;
  }

  cancel(id: string): void {
    this.#scopes.get(id)?.cancel();
  }

  /** Resolves when no step is under way: what was cut comes back within milliseconds. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async run<T>(step: StepToDo<T>): Promise<T> {
    const running = this.#run(step);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  async #run<T>({ kind, name, ...step }: StepToDo<T>): Promise<T> {
    const scope = new CancellationScope({ cancellable: true, parent: this.#parent });
    this.#scopes.set(step.id, scope);
    const named = { kind, ...(name !== undefined && { name }) };
    const schedule: HomeStep<T>['schedule'] = (place) => {
      this.#log.begin(step.id, { ...named, attempts: place.attempt });
      return step.schedule(place);
    };
    try {
      const result = await scope.run(() => this.#home.do({ ...step, schedule }));
      this.#log.end(step.id, { state: 'finished' });
      return result;
    } catch (error) {
      this.#log.end(
        step.id,
        isCancellation(error) ? { state: 'cancelled' } : { state: 'failed', error: toStepError(error) },
      );
      throw error;
    } finally {
      this.#scopes.delete(step.id);
    }
  }
}

function toStepError(error: unknown): { kind: string; message: string } {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  const kind = cause instanceof ApplicationFailure ? (cause.type ?? 'failed') : 'failed';
  return { kind, message: cause instanceof Error ? cause.message : String(cause) };
}
