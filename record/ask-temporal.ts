import type { Client } from '@temporalio/client';
import { processClock } from '../time/clock.ts';
import { PATIENCE_MS } from '../time/request-patience.ts';
import { afterArrivals } from '../time/silence.ts';
import { grpcStatus, type GrpcStatus } from './grpc-status.ts';
import { TemporalUnreachable } from './temporal-fault.ts';

/** What a request ends with whose deadline has passed: whether that is seen first, or our own timer, depends on the machine. */
const DEADLINE: ReadonlySet<GrpcStatus | undefined> = new Set(['deadline_exceeded', 'cancelled']);

/**
 * Asks Temporal and gives up after `patienceMs`, with TemporalUnreachable. The deadline goes with the request; the race is
 * for what the SDK does around it, since it tries again for up to 10 s when a connection is refused.
 */
export async function askTemporal<T>(client: Client, ask: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const { promise: patience, reject } = Promise.withResolvers<never>();
  const stopWaiting = afterArrivals(processClock, patienceMs, () => reject(new TemporalUnreachable()));
  try {
    return await Promise.race([client.withDeadline(Date.now() + patienceMs, ask), patience]);
  } catch (error) {
    throw DEADLINE.has(grpcStatus(error)) ? new TemporalUnreachable() : error;
  } finally {
    stopWaiting();
  }
}
