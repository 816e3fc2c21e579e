import { isGrpcServiceError } from '@temporalio/client';

const names: Partial<Record<number, GrpcStatus>> = {
  3: 'invalid_argument',
  5: 'not_found',
  6: 'already_exists',
  7: 'permission_denied',
  12: 'unimplemented',
  14: 'unavailable',
  16: 'unauthenticated',
};

export type GrpcStatus =
  | 'invalid_argument'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'unimplemented'
  | 'unavailable'
  | 'unauthenticated';

/** The status that a Temporal service answered with, if it is one that is distinguished here. */
export function grpcStatus(error: unknown): GrpcStatus | undefined {
  return isGrpcServiceError(error) ? names[error.code] : undefined;
}

/** The server will not let this client do that, whatever the arguments. */
export function isRefusal(error: unknown): boolean {
  return ['permission_denied', 'unimplemented', 'unauthenticated'].includes(grpcStatus(error) ?? '');
}

export function messageOf(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details;
  return error instanceof Error ? error.message : String(error);
}
