import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Clock } from '../../time/clock.ts';
import { OutsideWork } from './outside-work.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

interface Waiter {
  readonly isOver: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A clock that stands still until a test moves it.
 *
 * 1. Time passes only from one timer to the next, and only when all that has been set in motion has come to rest.
 * 2. While work runs outside of this clock, such as a tool that asks a database, time stands still: see `OutsideWork`.
 */
export class TestClock implements Clock {
  /** What runs in real time. */
  readonly outside = new OutsideWork();
  #nowMs: number;
  #driving = false;
  readonly #timers = new Set<Timer>();
  readonly #waiters = new Set<Waiter>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

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

  /** Resolves after so many ms of this clock, for a tool that takes its time. Rejects with the signal's reason. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => reject(signal?.reason as Error);
    const stopTimer = this.after(ms, resolve);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await this.outside.waitForClock(promise);
    } finally {
      stopTimer();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Moves time on, timer by timer in the order in which they are due; what one sets in motion runs before the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let timer = this.#next(); timer && timer.atMs <= untilMs; timer = this.#next()) {
      this.#fire(timer);
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Lets time pass until a condition holds. Rejects where nothing waits for time any more. Several may wait at once. */
  async runUntil(isOver: () => boolean): Promise<void> {
    const over = Promise.withResolvers<void>();
    this.#waiters.add({ isOver, resolve: over.resolve, reject: over.reject });
    if (!this.#driving) void this.#drive();
    return over.promise;
  }

  /** Time passes in which nothing of this process runs: the timers that were due meanwhile are late. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  async #drive(): Promise<void> {
    this.#driving = true;
    for (;;) {
      await settle();
      // Who is told acts before time goes on.
      if (this.#tellWaiters()) continue;
      if (this.#waiters.size === 0) break;
      if (await this.outside.hasMoved()) continue;
      const next = this.#next();
      if (next) this.#fire(next);
      else this.#giveUp();
    }
    this.#driving = false;
  }

  #tellWaiters(): boolean {
    const over = [...this.#waiters].filter(({ isOver }) => isOver());
    for (const waiter of over) {
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
    return over.length > 0;
  }

  #giveUp(): void {
    const running = this.outside.running.map((what) => `'${what}'`).join(', ');
    const why = running === '' ? 'nothing waits for time any more' : `${running} has not ended`;
    for (const { reject } of this.#waiters) reject(new Error(`The clock cannot go on: ${why}`));
    this.#waiters.clear();
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.callback();
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (!first || timer.atMs < first.atMs) first = timer;
    return first;
  }
}

/** Who waits for what has arrived lets the loop turn twice; what ends then, such as a speech, may do so once or twice more. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 7; turn += 1) await turnOfLoop();
}
