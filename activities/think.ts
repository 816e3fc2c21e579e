import { ApplicationFailure } from '@temporalio/activity';
import { failureOptions } from '../contract/failures.ts';
import type { ThinkInput, ThinkResult } from '../contract/steps.ts';
import { thinkAtHome } from '../live/turns/home-steps.ts';
import { thinkContent } from '../live/thinking/think-step.ts';
import { ThinkFailed } from '../live/thinking/think-aloud.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';

/** Asks the model for the next round. Its words are spoken while it still writes; its calls come back checked. */
export function createThink(deps: ActivityDependencies) {
  return async function think(input: ThinkInput): Promise<ThinkResult> {
    return runStep(deps, input, {
      content: thinkContent(input),
      run: (turn) => thinkAtHome(turn, input, deps.stepsFor(turn)).catch(rethrow),
    });
  };
}

function rethrow(error: unknown): never {
  if (!(error instanceof ThinkFailed)) throw error;
  throw ApplicationFailure.create(failureOptions('Model.Failed', error.message, [error.thought]));
}
