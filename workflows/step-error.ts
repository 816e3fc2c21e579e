import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { CallResult } from '../contract/rounds.ts';
import type { FailedThought } from '../contract/steps.ts';
import { outcomeUnknown } from '../turn/maybe-begun.ts';
import { failedResult } from '../turn/plan-calls.ts';
import type { StepEnd } from '../turn/step-end.ts';

/** Why a step failed: the failure that its activity threw, without Temporal's wrapper. */
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

/** A call that home did not answer. One that was cancelled had not reached it, or is a read that nobody waits for. */
export function unfinished(effect: 'read' | 'write', error: unknown): CallResult {
  if (isCancellation(error)) return failedResult({ kind: 'cancelled', message: 'It was cancelled before it began' });
  return effect === 'write'
    ? outcomeUnknown(messageOf(error))
    : failedResult({ kind: 'failed', message: messageOf(error) });
}

/** A turn whose first step was refused, or that had ended before a reset, does nothing more. */
export function throwIfGivenUp(error: unknown): void {
  const failure = failureOf(error);
  if (failure?.type === 'Turn.Abandoned' || failure?.type === 'Turn.Reset') throw failure;
}

/** The words that were spoken before the model failed; see `Model.Failed` in `activities/think.ts`. */
export function saidBefore(error: unknown): Omit<FailedThought, 'usage'> {
  const detail = failureOf(error)?.details?.[0] as Partial<FailedThought> | undefined;
  return { said: detail?.said ?? '', ...(detail?.spoken && { spoken: detail.spoken }) };
}

/** What models were used for before they failed. */
export function usageBefore(error: unknown): Pick<StepEnd, 'usage'> {
  const { usage } = (failureOf(error)?.details?.[0] ?? {}) as Partial<FailedThought>;
  return usage ? { usage } : {};
}
