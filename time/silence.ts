import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { pause, processClock, type Clock } from './clock.ts';

// Timers that decide what somebody else has not done. The loop runs timers before it reads from sockets, so that after a
// stall of this process a timer would be there before what has arrived long ago.

/** Silence is counted in pieces of this length. */
const PIECE_MS = 500;
/** A timer that is so late tells of a stall. */
const STALL_MS = 500;

/** Resolves when what has arrived by now was read: one turn of the loop takes a new connection, the next one reads from it. */
export async function arrivals(): Promise<void> {
  await turnOfLoop();
  await turnOfLoop();
}

/** Calls back once, after so many ms, when what has arrived by then was read. Returns a function that cancels the call. */
export function afterArrivals(clock: Clock, ms: number, callback: () => void): () => void {
  let isTakenBack = false;
  const stopTimer = clock.after(ms, () => {
    void arrivals().then(() => {
      if (!isTakenBack) callback();
    });
  });
  return () => {
    isTakenBack = true;
    stopTimer();
  };
}

/**
 * Calls back once, after so many ms in which somebody else was silent. A stall of this process is not their silence: the
 * time begins again after it. Returns a function that cancels the call.
 */
export function afterSilence(clock: Clock, ms: number, callback: () => void): () => void {
  let stopTimer: () => void = () => undefined;
  const listen = (leftMs: number): void => {
    const pieceMs = Math.min(leftMs, PIECE_MS);
    const dueMs = clock.nowMs() + pieceMs;
    stopTimer = afterArrivals(clock, pieceMs, () => {
      const hasStalled = clock.nowMs() - dueMs > STALL_MS;
      const nextMs = hasStalled ? ms : leftMs - pieceMs;
      if (nextMs > 0) listen(nextMs);
      else callback();
    });
  };
  listen(ms);
  return () => stopTimer();
}

/** Resolves after so many ms in which somebody else was silent, or as soon as the signal is aborted: the signal says which. */
export async function silence({ nowMs, after }: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const listening: Clock = { nowMs, after: (...awaited) => afterSilence({ nowMs, after }, ...awaited) };
  await pause(listening, ms, signal);
}

/** Waits no longer than so for a promise, which goes on. Undefined where it has not resolved by then. Rejects as it does. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const stopWaiting = afterArrivals(processClock, Math.max(0, ms), () => resolve(undefined));
  try {
    return await Promise.race([promise, late]);
  } finally {
    stopWaiting();
  }
}
