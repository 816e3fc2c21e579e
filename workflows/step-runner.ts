import { isCancellation } from '@temporalio/workflow';
import type { StepKind } from '../contract/turn.ts';
import type { Home, HomeStep } from './home.ts';
import type { Begun, PlayerPort } from './player-port.ts';
import { failureOf, messageOf } from './step-error.ts';
import type { StepLog } from './step-log.ts';

export interface StepToDo<T> extends HomeStep<T> {
  readonly kind: StepKind;
  readonly name?: string;
}

/** Runs steps at home, each of which is cancelled by itself, and logs them. */
export class StepRunner {
  readonly #home: Home;
  readonly #log: StepLog;
  readonly #port: Pick<PlayerPort, 'begin'>;
  readonly #begun = new Map<string, Begun<unknown>>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(home: Home, log: StepLog, port: Pick<PlayerPort, 'begin'>) {
    this.#home = home;
    this.#log = log;
    this.#port = port;
  }

  cancel(id: string): void {
    this.#begun.get(id)?.cancel();
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
    const named = { kind, ...(name !== undefined && { name }) };
    const schedule: HomeStep<T>['schedule'] = (place) => {
      this.#log.begin(step.id, { ...named, attempts: place.attempt });
      return step.schedule(place);
    };
    const begun = this.#port.begin(() => this.#home.do({ ...step, schedule }));
    this.#begun.set(step.id, begun);
    try {
      const result = await begun.ended;
      this.#log.end(step.id, { state: 'finished' });
      return result;
    } catch (error) {
      this.#log.end(
        step.id,
        isCancellation(error) ? { state: 'cancelled' } : { state: 'failed', error: toStepError(error) },
      );
      throw error;
    } finally {
      this.#begun.delete(step.id);
    }
  }
}

function toStepError(error: unknown): { kind: string; message: string } {
  return { kind: failureOf(error)?.type ?? 'failed', message: messageOf(error) };
}
