import {
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { Problem } from './problem.ts';
import * as problems from './problems.ts';

/** Errors of express and its body parser, by the status they carry. */
const byStatus: Readonly<Record<number, () => Problem>> = {
  400: problems.brokenRequest,
  413: problems.bodyTooLarge,
  415: problems.notJson,
};

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/** Codes of gRPC that say that Temporal was not there or had no time: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const AWAY: ReadonlySet<unknown> = new Set([1, 4, 8, 14]);

function fromTemporal(error: unknown): Problem | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause))
    return AWAY.has(cause.code) ? problems.temporalUnreachable() : problems.temporalRefused();
  if (error instanceof ServiceError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return problems.temporalUnreachable();
  return error instanceof NamespaceNotFoundError ? problems.temporalRefused() : undefined;
}

/** The one place where errors become what a client is told. Whatever is not known is a bug, and its text stays inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof SyntaxError && statusOf(error) === 400) return problems.brokenJson();
  return fromTemporal(error) ?? byStatus[statusOf(error) ?? 500]?.() ?? problems.internal();
}
