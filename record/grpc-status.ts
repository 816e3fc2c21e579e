import { isGrpcServiceError, ServiceError } from '@temporalio/client';

const names: Partial<Record<number, GrpcStatus>> = {
  1: 'cancelled',
  3: 'invalid_argument',
  4: 'deadline_exceeded',
  5: 'not_found',
  6: 'already_exists',
  7: 'permission_denied',
  8: 'resource_exhausted',
  12: 'unimplemented',
  14: 'unavailable',
  16: 'unauthenticated',
};

export type GrpcStatus =
  | 'cancelled'
  | 'invalid_argument'
  | 'deadline_exceeded'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'resource_exhausted'
  | 'unimplemented'
  | 'unavailable'
  | 'unauthenticated';

/** The status that a Temporal service answered with, if it is one that is distinguished here; the client wraps some. */
export function grpcStatus(error: unknown): GrpcStatus | undefined {
  // An error of the native connection is a ServiceError itself.
  const cause = isGrpcServiceError(error) || !(error instanceof ServiceError) ? error : error.cause;
  return isGrpcServiceError(cause) ? names[cause.code] : undefined;
}

/** The server will not let this client do that, whatever the arguments. */
export function isDenied(error: unknown): boolean {
  return ['permission_denied', 'unimplemented', 'unauthenticated'].includes(grpcStatus(error) ?? '');
}

export function messageOf(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details;
  return error instanceof Error ? error.message : String(error);
}
