import { isCancellation } from '@temporalio/workflow';
import type { StepKind } from '../contract/turn.ts';
import { cancelled, type StepEnd } from '../turn/step-end.ts';
import type { HomeStep } from './home-step.ts';
import type { Home } from './home.ts';
import type { Begun, PlayerPort } from './player-port.ts';
import { failureOf, messageOf, usageBefore } from './step-error.ts';
import type { StepLog } from './step-log.ts';

/** A step as operators see it. */
export interface LoggedStep<T> {
  readonly id: string;
  readonly kind: StepKind;
  readonly name?: string;
  /** How a result ends the step. `why`: what stopped it, if it was stopped. */
  readonly endOf: (result: T, why: string) => StepEnd;
  /** How an error ends the step, if it is not simply a failure. */
  readonly endOfError?: (error: unknown) => StepEnd;
}

export type StepToDo<T> = HomeStep<T> & LoggedStep<T>;

const STOPPED_AT_HOME = 'The caller spoke before it was done';

/** Runs steps at home and logs them. Each can be cancelled on its own. */
export class StepRunner {
  readonly #home: Home;
  readonly #log: StepLog;
  readonly #port: Pick<PlayerPort, 'begin'>;
  readonly #begun = new Map<string, Begun<unknown>>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopped = new Map<string, string>();

  constructor(home: Home, log: StepLog, port: Pick<PlayerPort, 'begin'>) {
    this.#home = home;
    this.#log = log;
    this.#port = port;
  }

  cancel(id: string, why: string): void {
    this.#stopped.set(id, why);
    this.#begun.get(id)?.cancel();
  }

  /** Resolves when no step is under way: a cancelled step returns within milliseconds. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async run<T>(step: StepToDo<T>): Promise<T> {
    return this.runAs(step, (atHome) => atHome(step));
  }

  /** Several steps that are one to operators, and are cancelled together. */
  async runAs<T>(logged: LoggedStep<T>, work: (atHome: Home['do']) => Promise<T>): Promise<T> {
    const running = this.#run(logged, work);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  async #run<T>(
    { id, kind, name, endOf, endOfError = failed }: LoggedStep<T>,
    work: (atHome: Home['do']) => Promise<T>,
  ): Promise<T> {
    const named = { kind, ...(name !== undefined && { name }) };
    this.#log.begin(id, { ...named, attempts: 0 });
    const atHome: Home['do'] = ({ schedule, ...step }) =>
      this.#home.do({
        ...step,
        schedule: (place) => {
          this.#log.begin(id, { ...named, attempts: place.attempt });
          return schedule(place);
        },
      });
    const begun = this.#port.begin(() => work(atHome));
    this.#begun.set(id, begun);
    try {
      const result = await begun.ended;
      this.#log.end(id, endOf(result, this.#whyStopped(id)));
      return result;
    } catch (error) {
      this.#log.end(id, isCancellation(error) ? cancelled(this.#whyStopped(id)) : endOfError(error));
      throw error;
    } finally {
      this.#begun.delete(id);
    }
  }

  #whyStopped(id: string): string {
    return this.#stopped.get(id) ?? STOPPED_AT_HOME;
  }
}

function failed(error: unknown): StepEnd {
  const why = { kind: failureOf(error)?.type ?? 'failed', message: messageOf(error) };
  return { state: 'failed', error: why, ...usageBefore(error) };
}
