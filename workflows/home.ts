import { ActivityFailure, ApplicationFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { failureOptions } from '../contract/failures.ts';

export interface HomeStep<T> {
  readonly id: string;
  /** Schedules the step on the home's queue. */
  readonly schedule: (home: string, epoch: number) => Promise<T>;
  /** Set for a step that must not be done twice: what it came to if it may have begun in a process that is lost. */
  readonly ifMaybeBegun?: () => T;
}

export interface HomeSetting {
  readonly queue: string;
  /** Whether home has taken the turn already: then any process may take over. */
  readonly bound: boolean;
  /** Whether the process behind a queue is alive. */
  readonly probe: (queue: string) => Promise<boolean>;
  /** Has the turn taken from the shared queue; resolves with the queue of the process that took it. */
  readonly takeOver: () => Promise<string>;
}

/**
 * The one process that speaks for the turn.
 *
 * 1. Steps are scheduled at home. One that is not taken, or goes silent, is asked for once more there if home answers a
 *    probe: after an outage of Temporal home is alive and has the work of the first attempt.
 * 2. A home that does not answer is lost for good. Whoever takes the turn from the shared queue is its home from then
 *    on, under the next epoch; steps that were lost together move together.
 * 3. Until home has taken its first step nobody else may (I8): the turn is given up.
 */
export class Home {
  readonly #setting: HomeSetting;
  #queue: string;
  #bound: boolean;
  #epoch = 0;
  #moving: Promise<void> | undefined;

  constructor(setting: HomeSetting) {
    this.#setting = setting;
    this.#queue = setting.queue;
    this.#bound = setting.bound;
  }

  get epoch(): number {
    return this.#epoch;
  }

  async do<T>(step: HomeStep<T>): Promise<T> {
    for (;;) {
      const epoch = this.#epoch;
      try {
        const result = await step.schedule(this.#queue, epoch);
        this.#bound = true;
        return result;
      } catch (error) {
        const loss = toLoss(error);
        if (!loss) throw error;
        if (loss !== 'not_taken') this.#bound = true;
        if (loss !== 'stopping' && (await this.#setting.probe(this.#queue))) continue;
        if (!this.#bound) throw abandoned();
        await this.#moveFrom(epoch);
        if (loss !== 'not_taken' && step.ifMaybeBegun) return step.ifMaybeBegun();
      }
    }
  }

  async #moveFrom(epoch: number): Promise<void> {
    if (this.#epoch > epoch) return;
    this.#moving ??= this.#setting.takeOver().then((queue) => {
      this.#queue = queue;
      this.#epoch += 1;
      this.#moving = undefined;
    });
    await this.#moving;
  }
}

/** How a home failed to do a step: it never took it, took it and fell silent, or handed it over because it stops. */
type Loss = 'not_taken' | 'silent' | 'stopping';

function toLoss(error: unknown): Loss | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type === 'Home.Lost') return 'stopping';
  if (!(cause instanceof TimeoutFailure)) return undefined;
  if (cause.timeoutType === TimeoutType.SCHEDULE_TO_START) return 'not_taken';
  return cause.timeoutType === TimeoutType.HEARTBEAT ? 'silent' : undefined;
}

function abandoned(): ApplicationFailure {
  const why = 'the process that started it did not take its first step in time; nothing was done';
  return ApplicationFailure.create(failureOptions('Turn.Abandoned', `The turn was given up: ${why}`));
}
