import { type Clock, processClock } from './clock.ts';
import { arrivals } from './silence.ts';

/** How long a request waits for others before it is given up. */
export const PATIENCE_MS = 1_900;
const TICK_MS = 100;

export interface EventLoop {
  /** The last time that it was held, if that ended no longer ago than this. */
  readonly heldWithin: (ms: number) => { readonly ms: number; readonly message: string } | undefined;
}

/** Why an answer was not seen in time, where it was this process that stood still. */
export function whyLate(loop: EventLoop | undefined): string | undefined {
  const held = loop?.heldWithin(2 * PATIENCE_MS);
  return held && held.ms >= PATIENCE_MS / 2 ? held.message : undefined;
}

/**
 * How long a request waits for others, all its questions together. While this process stands still it waits for nobody:
 * that time is not counted, so that what was answered meanwhile is read and what follows from it can be done.
 */
export class Patience implements Disposable {
  readonly #clock: Clock;
  #untilMs: number;
  #tickMs = 0;
  #stopTimer: () => void = () => undefined;

  constructor(ms: number, clock = processClock) {
    this.#clock = clock;
    this.#untilMs = clock.nowMs() + ms;
    this.#tick();
  }

  /** 0 once it is over. */
  get leftMs(): number {
    return Math.max(0, this.#untilMs + this.#heldMs - this.#clock.nowMs());
  }

  /**
   * Waits for a promise while more than `keptMs` is left. Undefined where it has not resolved by then; it goes on. Rejects
   * as it does.
   */
  async waitFor<T>(promise: Promise<T>, keptMs = 0): Promise<T | undefined> {
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    let stopTimer: () => void = () => undefined;
    const wait = (): void => {
      stopTimer = this.#clock.after(this.leftMs - keptMs, () => {
        if (this.leftMs > keptMs) wait();
        else void arrivals().then(() => resolve(undefined));
      });
    };
    wait();
    try {
      return await Promise.race([promise, over]);
    } finally {
      stopTimer();
    }
  }

  [Symbol.dispose](): void {
    this.#stopTimer();
  }

  /** How late the next tick is already. */
  get #heldMs(): number {
    return Math.max(0, this.#clock.nowMs() - this.#tickMs - TICK_MS);
  }

  #tick(): void {
    this.#tickMs = this.#clock.nowMs();
    this.#stopTimer = this.#clock.after(TICK_MS, () => {
      this.#untilMs += this.#heldMs;
      this.#tick();
    });
  }
}
