import { ApplicationFailure } from '@temporalio/common';
import { failureOptions, type FailureType } from '../contract/failures.ts';
import type { TurnResult } from '../contract/turn.ts';
import type { TurnPlayer } from './turn-player.ts';

/** How a turn that could not be answered fails its workflow, so that operators see it. The failure carries the turn's result. */
export function turnFailure(result: TurnResult, player: Pick<TurnPlayer, 'failedStep' | 'late'>, deadlineMs: number) {
  if (result.outcome === 'failed') return failure('Turn.ModelFailed', modelFailed(result, player.failedStep), result);
  if (result.outcome === 'expired') return failure('Turn.Expired', outOfTime(player.late, deadlineMs), result);
  return undefined;
}

function modelFailed({ steps }: TurnResult, failedStep: string | undefined): string {
  const error = steps.find((step) => step.id === failedStep)?.error?.message ?? 'it sent no words';
  return `The model failed in '${failedStep}': ${error}. The caller heard the apology`;
}

function outOfTime(late: readonly string[], deadlineMs: number): string {
  const steps = late.map((step) => `'${step}'`).join(', ');
  return `The turn ran out of time: its work took over ${deadlineMs} ms, and it still waited for ${steps}`;
}

function failure(type: FailureType, reason: string, result: TurnResult): ApplicationFailure {
  return ApplicationFailure.create(failureOptions(type, reason, [{ ...result, reason }]));
}
