import type { Client } from '@temporalio/client';
import { processClock } from '../time/clock.ts';
import { afterArrivals } from '../time/silence.ts';
import { TemporalUnreachable } from './temporal-fault.ts';

/** How long a request waits for Temporal before it is given up. */
export const PATIENCE_MS = 1_900;

export interface EventLoop {
  /** The last time that it was held, if that ended no longer ago than this. */
  readonly heldWithin: (ms: number) => { readonly ms: number; readonly message: string } | undefined;
}

/** Why Temporal's answer was not seen in time, where it was this process that stood still. */
export function whyLate(loop: EventLoop | undefined): string | undefined {
  const held = loop?.heldWithin(2 * PATIENCE_MS);
  return held && held.ms >= PATIENCE_MS / 2 ? held.message : undefined;
}

/**
 * Asks Temporal and gives up after `patienceMs`, with TemporalUnreachable. The deadline goes with the request; the race is
 * for what the SDK does around it, since it tries again for up to 10 s when a connection is refused.
 */
export async function askTemporal<T>(client: Client, ask: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const { promise: patience, reject } = Promise.withResolvers<never>();
  const stopWaiting = afterArrivals(processClock, patienceMs, () => reject(new TemporalUnreachable()));
  try {
    return await Promise.race([client.withDeadline(Date.now() + patienceMs, ask), patience]);
  } finally {
    stopWaiting();
  }
}
