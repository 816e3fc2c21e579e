import { ActivityFailure, ApplicationFailure } from '@temporalio/common';

/** What made a step fail: the failure of its activity, not that of the attempt to run it. */
export function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? (error.cause ?? error) : error;
}

export function failureOf(error: unknown): ApplicationFailure | undefined {
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure ? cause : undefined;
}

export function messageOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}
