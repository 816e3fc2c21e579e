import type { PlayerPort } from './player-port.ts';

/** Counts a turn's work against its deadline, and not the time in which it only speaks. */
export class WorkClock {
  readonly #port: Pick<PlayerPort, 'nowMs' | 'after'>;
  readonly #onPassed: () => void;
  #leftMs: number;
  #running: { readonly sinceMs: number; readonly stop: () => void } | undefined;

  constructor(deadlineMs: number, port: Pick<PlayerPort, 'nowMs' | 'after'>, onPassed: () => void) {
    this.#leftMs = deadlineMs;
    this.#port = port;
    this.#onPassed = onPassed;
  }

  /** Says whether the turn works now. Calls `onPassed` once, when the work has taken as long as it may. */
  set working(working: boolean) {
    if (working && !this.#running) this.#start();
    else if (!working && this.#running) this.#stop(this.#running);
  }

  #start(): void {
    const stop = this.#port.after(Math.max(1, this.#leftMs), 'deadline of the work', this.#onPassed);
    this.#running = { sinceMs: this.#port.nowMs(), stop };
  }

  #stop({ sinceMs, stop }: { sinceMs: number; stop: () => void }): void {
    this.#leftMs -= this.#port.nowMs() - sinceMs;
    this.#running = undefined;
    stop();
  }
}
