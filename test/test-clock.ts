import { TestClock } from '../testing/clock/test-clock.ts';
import type { Clock } from '../time/clock.ts';

export { TestClock };

/** The clock, where something waits to be read from a moment on: the loop runs the timers that are due, and then reads. */
export function whereWaits(clock: TestClock, fromMs: number, read: () => void): Clock {
  const after: Clock['after'] = (ms, callback) =>
    clock.after(ms, () => {
      if (clock.nowMs() >= fromMs) setImmediate(read);
      callback();
    });
  return { nowMs: clock.nowMs, after };
}
