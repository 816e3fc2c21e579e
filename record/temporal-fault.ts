import {
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';

/** Temporal did not answer within the time that it was given. What it was asked for may still be done. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';

  constructor() {
    super('Temporal did not answer in time');
  }
}

/** `unreachable`: Temporal was away, or had no time. `refused`: it does not let this client do that, whenever it asks. */
export type TemporalFault = 'unreachable' | 'refused';

/** Codes of gRPC for a server that is away or has no time: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const AWAY: ReadonlySet<unknown> = new Set([1, 4, 8, 14]);

/** Why Temporal did not do what it was asked. Undefined where the error is not about Temporal. */
export function temporalFault(error: unknown): TemporalFault | undefined {
  if (error instanceof TemporalUnreachable || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return 'unreachable';
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return AWAY.has(cause.code) ? 'unreachable' : 'refused';
  if (error instanceof ServiceError) return 'unreachable';
  return error instanceof NamespaceNotFoundError ? 'refused' : undefined;
}
