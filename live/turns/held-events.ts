import type { NewEvent } from '../../stream/turn-stream.ts';
import type { Clock } from '../../time/clock.ts';

/** `happenedMs`: when, on the process clock. */
export type Publish = (step: string, event: NewEvent, happenedMs: number) => void;

/**
 * What a turn publishes: held until Temporal has taken the turn, so that nothing is seen or heard of one that never was, and while it
 * is in doubt whether this process is its home. It is published later, with the time at which it happened.
 */
export class HeldEvents {
  readonly #publish: Publish;
  readonly #clock: Clock;
  readonly #released = Promise.withResolvers<void>();
  readonly #held: Parameters<Publish>[] = [];
  #isReleased = false;
  #doubt: PromiseWithResolvers<void> | undefined;

  constructor(publish: Publish, clock: Clock) {
    this.#publish = publish;
    this.#clock = clock;
  }

  get released(): Promise<void> {
    return this.#released.promise;
  }

  /** Resolves when it is not in doubt any more. Undefined while it is not. */
  get doubt(): Promise<void> | undefined {
    return this.#doubt?.promise;
  }

  publish(step: string, event: NewEvent): void {
    const happened: Parameters<Publish> = [step, event, this.#clock.nowMs()];
    if (this.#isHeld) this.#held.push(happened);
    else this.#publish(...happened);
  }

  release(): void {
    this.#isReleased = true;
    this.#publishHeld();
    this.#released.resolve();
  }

  /** False where it is in doubt already. */
  beginDoubt(): boolean {
    if (this.#doubt) return false;
    this.#doubt = Promise.withResolvers();
    return true;
  }

  endDoubt(): void {
    const doubt = this.#doubt;
    this.#doubt = undefined;
    this.#publishHeld();
    doubt?.resolve();
  }

  /** It is another process's turn: what is held is nobody's. */
  drop(): void {
    this.#held.length = 0;
    this.endDoubt();
  }

  get #isHeld(): boolean {
    return !this.#isReleased || this.#doubt !== undefined;
  }

  #publishHeld(): void {
    if (!this.#isHeld) for (const happened of this.#held.splice(0)) this.#publish(...happened);
  }
}
