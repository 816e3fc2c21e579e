import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** Counts a turn's work against its deadline, and not the time in which it only speaks. */
export class WorkClock {
  readonly #onPassed: () => void;
  #leftMs: number;
  #running: { readonly sinceMs: number; readonly scope: CancellationScope } | undefined;

  constructor(deadlineMs: number, onPassed: () => void) {
    this.#leftMs = deadlineMs;
    this.#onPassed = onPassed;
  }

  /** Says whether the turn works now. Calls `onPassed` once, when the work has taken as long as it may. */
  set working(working: boolean) {
    if (working && !this.#running) this.#start();
    else if (!working && this.#running) this.#stop(this.#running);
  }

  #start(): void {
    const scope = new CancellationScope();
    this.#running = { sinceMs: Date.now(), scope };
    const waited = scope.run(() => sleep(Math.max(1, this.#leftMs), { summary: 'deadline of the work' }));
    void waited.then(this.#onPassed, (error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }

  #stop({ sinceMs, scope }: { sinceMs: number; scope: CancellationScope }): void {
    this.#leftMs -= Date.now() - sinceMs;
    this.#running = undefined;
    scope.cancel();
  }
}
