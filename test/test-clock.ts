import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Clock } from '../time/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  readonly nowMs = (): number => this.#nowMs;

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Timers that still wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** In how many ms the next timer is due. Undefined where none waits. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next && next.atMs - this.#nowMs;
  }

  /** Moves time on, timer by timer in the order in which they are due; what one sets in motion runs before the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let timer = this.#next(); timer && timer.atMs <= untilMs; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      timer.callback();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** Time passes in which nothing of this process runs: the timers that were due meanwhile are late. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  #next(): Timer | undefined {
    return [...this.#timers].reduce<Timer | undefined>(
      (first, timer) => (first && first.atMs <= timer.atMs ? first : timer),
      undefined,
    );
  }
}

/** A timer may let the loop turn twice before it counts, so that what has arrived is read first. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await turnOfLoop();
}

/** The clock, where something waits to be read from a moment on: the loop runs the timers that are due, and then reads. */
export function whereWaits(clock: TestClock, fromMs: number, read: () => void): Clock {
  const after: Clock['after'] = (ms, callback) =>
    clock.after(ms, () => {
      if (clock.nowMs() >= fromMs) setImmediate(read);
      callback();
    });
  return { nowMs: clock.nowMs, after };
}
