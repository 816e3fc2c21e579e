import type { NewEvent } from '../../stream/turn-stream.ts';
import type { Clock } from '../../time/clock.ts';

/** `happenedMs`: when, on the process clock. */
export type Publish = (step: string, event: NewEvent, happenedMs: number) => void;

/**
 * What a turn publishes: held until Temporal has taken the turn, so that nothing is seen or heard of one that never was. It
 * is published later, with the time at which it happened.
 */
export class HeldEvents {
  readonly #publish: Publish;
  readonly #clock: Clock;
  readonly #released = Promise.withResolvers<void>();
  #held: Parameters<Publish>[] | undefined = [];

  constructor(publish: Publish, clock: Clock) {
    this.#publish = publish;
    this.#clock = clock;
  }

  get released(): Promise<void> {
    return this.#released.promise;
  }

  publish(step: string, event: NewEvent): void {
    const happened: Parameters<Publish> = [step, event, this.#clock.nowMs()];
    if (this.#held) this.#held.push(happened);
    else this.#publish(...happened);
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const happened of held) this.#publish(...happened);
    this.#released.resolve();
  }
}
