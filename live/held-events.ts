import type { NewEvent } from '../stream/turn-stream.ts';

type Publish = (step: string, event: NewEvent) => void;

/** What a turn publishes: held until Temporal has taken the turn, so that nothing is seen or heard of one that never was. */
export class HeldEvents {
  readonly #publish: Publish;
  readonly #released = Promise.withResolvers<void>();
  #held: (readonly [step: string, event: NewEvent])[] | undefined = [];

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  get released(): Promise<void> {
    return this.#released.promise;
  }

  publish(step: string, event: NewEvent): void {
    if (this.#held) this.#held.push([step, event]);
    else this.#publish(step, event);
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [step, event] of held) this.#publish(step, event);
    this.#released.resolve();
  }
}
