import {
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { grpcStatus, type GrpcStatus } from './grpc-status.ts';

/** Temporal did not answer within the time that it was given. What it was asked for may still be done. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';

  constructor() {
    super('Temporal did not answer in time');
  }
}

/** `unreachable`: Temporal was away, or had no time. `refused`: it does not let this client do that, whenever it asks. */
export type TemporalFault = 'unreachable' | 'refused';

/** Of a server that is away or has no time. */
const AWAY: ReadonlySet<GrpcStatus | undefined> = new Set([
  'cancelled',
  'deadline_exceeded',
  'resource_exhausted',
  'unavailable',
]);

/** Why Temporal did not do what it was asked. Undefined where the error is not about Temporal. */
export function temporalFault(error: unknown): TemporalFault | undefined {
  if (error instanceof TemporalUnreachable || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return 'unreachable';
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return AWAY.has(grpcStatus(cause)) ? 'unreachable' : 'refused';
  if (error instanceof ServiceError) return 'unreachable';
  return error instanceof NamespaceNotFoundError ? 'refused' : undefined;
}
