/** Time as a turn sees it: the process's own, or a test's, which moves it by hand. */
export interface Clock {
  /** In ms since some moment; only differences mean something. */
  readonly nowMs: () => number;
  /** Calls back once, after so many ms. Returns a function that cancels the call. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export const processClock: Clock = {
  nowMs: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many ms, or as soon as the signal is aborted: the signal says which. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Resolves when the signal is aborted, for a race with what it would end. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
