import { ActivityFailure, ApplicationFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import type { BegunSpeech } from '../contract/steps.ts';
import { failureOptions, type FailureType } from '../contract/failures.ts';
import { EarlierAttempts, type Loss } from './earlier-attempts.ts';
import type { HomeStep, Place } from './home-step.ts';

export interface LostHome extends Pick<Place, 'home' | 'epoch'> {
  /** It has said itself that it does not do the turn's steps any more. */
  readonly isGivenUp?: true;
  /** What it has begun to say, by the latest heartbeat of its lost steps, or as it said itself when it stopped. */
  readonly said?: readonly BegunSpeech[];
}

export interface HomeSetting {
  readonly queue: string;
  /** Whether home has taken the turn already: then any process may take over. */
  readonly bound: boolean;
  /** Whether the process behind a queue is alive. */
  readonly probe: (queue: string) => Promise<boolean>;
  /**
   * Offers the turn on the shared queue, and says which home was lost; resolves with the queue of the process that took
   * it. `epoch` is set if that process must forget what it knows about the turn.
   */
  readonly takeOver: (lost: LostHome, epoch?: number) => Promise<string>;
  /** Whether a reset made this run, and the replay of the earlier run's history is over. Absent: no reset. */
  readonly isPastReset?: () => boolean;
}

/**
 * The one process that speaks for the turn.
 *
 * 1. Steps are scheduled at home. One that is not taken, or stops heartbeating, is requested there once more if home answers a
 *    probe: after an outage of Temporal home is alive and has the work of the first attempt.
 *    A step goes through the turn's own queue first: Temporal hands it, in its answer to the workflow task, to the process
 *    that did the task (eager dispatch), which is normally home. If it is not, home's own queue is used.
 * 2. A home that does not answer is lost. The process that takes the turn from the shared queue is its home from then
 *    on, under the next epoch unless it is the same process; steps that were lost together move together. A write counts as
 *    possibly begun if any attempt may have begun it, not only the last one.
 * 3. Until home has taken its first step no other process may (I8): the turn is abandoned.
 * 4. In a run that a reset made, nothing is done before a process has taken the turn again, under the next epoch: what the
 *    old home knows belongs to another run. A write counts as possibly begun in the earlier run.
 * 5. A write that may have begun is settled here, or, if it says what to do then, done by the next home, which is told.
 */
export class Home {
  readonly #setting: HomeSetting;
  #queue: string;
  #bound: boolean;
  #epoch = 0;
  #isEager = true;
  #said: readonly BegunSpeech[] | undefined;
  #isGivenUp = false;
  #recoveries = 0;
  #moving: Promise<void> | undefined;
  #retaken: Promise<void> | undefined;
  #isRetaken = false;

  constructor(setting: HomeSetting) {
    this.#setting = setting;
    this.#queue = setting.queue;
    this.#bound = setting.bound;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Accounts of older homes do not count; after a reset, nor do those of the earlier run's home. */
  get leastEpoch(): number {
    return this.#epoch + (this.isPastReset && !this.#isRetaken ? 1 : 0);
  }

  /** A reset made this run, and the replay of the earlier run's history is over. */
  get isPastReset(): boolean {
    return this.#setting.isPastReset?.() ?? false;
  }

  /** Offers the turn again after a reset, once. Rejects with `Turn.Reset` if the turn had ended before. */
  retake(): Promise<void> {
    this.#bound = true;
    this.#retaken ??= this.#retake();
    return this.#retaken;
  }

  async #retake(): Promise<void> {
    await this.#moving; // a move that the earlier run had begun
    await this.#move(this.#epoch + 1);
    this.#isRetaken = true;
  }

  async do<T>(step: HomeStep<T>): Promise<T> {
    const earlier = new EarlierAttempts(step);
    for (let attempt = 1; ; attempt += 1) {
      if (this.isPastReset) {
        await this.retake();
        earlier.mayHaveBegun('in an earlier run');
        const settled = earlier.settle(true);
        if (settled) return settled.result;
      }
      const epoch = this.#epoch;
      try {
        const result = await this.#send(step, { home: this.#queue, epoch, attempt, ...earlier.told });
        this.#bound = true;
        if (!this.#isLate(epoch) || !(await this.#isToDoAgain(step, result, epoch))) return result;
      } catch (error) {
        const loss = toLoss(error, this.isPastReset);
        this.#learn(epoch, error);
        earlier.lost(loss);
        if (await this.#recovering(epoch, loss)) earlier.left();
        const settled = earlier.settle(loss !== undefined);
        if (settled) return settled.result;
        throwUnlessLost(error, loss);
      }
    }
  }

  /** A result came after the turn had moved: whether the new home must do the step too. */
  async #isToDoAgain<T>({ ifLate }: HomeStep<T>, result: T, epoch: number): Promise<boolean> {
    if (ifLate(result) === undefined) return false;
    await this.#moveFrom(epoch);
    return true;
  }

  async #send<T>(step: HomeStep<T>, place: Omit<Place, 'isEager'>): Promise<T> {
    if (this.#isEager) {
      try {
        return await step.schedule({ ...place, isEager: true });
      } catch (error) {
        if (!isElsewhere(error)) throw error;
        this.#isEager = false;
      }
    }
    return step.schedule({ ...place, isEager: false });
  }

  /** Whether home has not answered, so that another process may be about to take the turn. */
  get isMoving(): boolean {
    return this.#recoveries > 0;
  }

  async #recovering(epoch: number, loss: Loss | undefined): Promise<boolean> {
    if (!loss) return true;
    this.#isGivenUp ||= loss === 'stopping' && epoch === this.#epoch;
    this.#recoveries += 1;
    try {
      return await this.#recover(epoch, loss);
    } finally {
      this.#recoveries -= 1;
    }
  }

  /** Makes sure that the next attempt has a home; true if the home is a new one, or no further attempt is needed. */
  async #recover(epoch: number, loss: Loss): Promise<boolean> {
    this.#bound ||= loss !== 'not_taken';
    // Another process may have taken it: from now on steps go to the queue that only home polls.
    this.#isEager = false;
    if (this.isPastReset) await this.retake();
    if (this.#epoch > epoch) return true;
    if (loss !== 'stopping' && (await this.#setting.probe(this.#queue))) return this.#epoch > epoch;
    if (!this.#bound) throw abandoned();
    await this.#moveFrom(epoch);
    return this.#epoch > epoch;
  }

  /** All steps of a home report the same; the one that was lost last knows most. */
  #learn(epoch: number, error: unknown): void {
    const said = saidBefore(error);
    if (said && epoch === this.#epoch && sentencesOf(said) >= sentencesOf(this.#said ?? [])) this.#said = said;
  }

  #isLate(epoch: number): boolean {
    return this.#epoch > epoch || this.#moving !== undefined;
  }

  async #moveFrom(epoch: number): Promise<void> {
    if (this.#epoch > epoch) return;
    await (this.#moving ?? this.#move());
  }

  get #lost(): LostHome {
    return {
      ...{ home: this.#queue, epoch: this.#epoch },
      ...(this.#isGivenUp && { isGivenUp: true }),
      ...(this.#said && { said: this.#said }),
    };
  }

  #move(next?: number): Promise<void> {
    this.#moving = this.#setting
      .takeOver(this.#lost, next)
      .then((queue) => {
        this.#said = undefined;
        this.#isGivenUp = false;
        // The same process again: it was alive after all, and has the work of the first attempt.
        if (queue !== this.#queue || next !== undefined) this.#epoch += 1;
        this.#queue = queue;
        this.#isEager = true;
      })
      .finally(() => (this.#moving = undefined));
    return this.#moving;
  }
}

/** The process that runs the workflow is not home, and has not touched the step. */
function isElsewhere(error: unknown): boolean {
  return error instanceof ActivityFailure && isFailure(error.cause, 'Home.Elsewhere');
}

function isFailure(cause: unknown, type: FailureType): boolean {
  return cause instanceof ApplicationFailure && cause.type === type;
}

function toLoss(error: unknown, isPastReset: boolean): Loss | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  if (isFailure(cause, 'Home.Lost')) return 'stopping';
  // A first step that was scheduled before the reset reaches a process that no longer knows the turn.
  if (isPastReset && isFailure(cause, 'Turn.Abandoned')) return 'stopping';
  if (!(cause instanceof TimeoutFailure)) return undefined;
  if (cause.timeoutType === TimeoutType.SCHEDULE_TO_START) return 'not_taken';
  return cause.timeoutType === TimeoutType.HEARTBEAT ? 'no_heartbeat' : undefined;
}

function saidBefore(error: unknown): readonly BegunSpeech[] | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const told: unknown = cause instanceof TimeoutFailure ? cause.lastHeartbeatDetails : toldOnStopping(cause);
  return Array.isArray(told) ? (told as readonly BegunSpeech[]) : undefined;
}

/** A home that stops says with each step that it hands over what a heartbeat would have said. */
function toldOnStopping(cause: unknown): unknown {
  return cause instanceof ApplicationFailure && isFailure(cause, 'Home.Lost') ? cause.details?.[0] : undefined;
}

function sentencesOf(said: readonly BegunSpeech[]): number {
  return said.reduce((sum, { sentences }) => sum + sentences.length, 0);
}

function throwUnlessLost(error: unknown, loss: Loss | undefined): void {
  if (!loss) throw error;
}

function abandoned(): ApplicationFailure {
  const why = 'the process that started it did not take its first step in time; nothing was done';
  return ApplicationFailure.create(failureOptions('Turn.Abandoned', `The turn was abandoned: ${why}`));
}
