import type { CutTurnInput, CutTurnResult } from '../contract/steps.ts';
import { currentRun } from './current-run.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { checkHome } from './open-at-home.ts';
import { runStep } from './run-step.ts';

/** Cuts the turn at home, where an interrupt came to Temporal: from a service, an operator, or another process. */
export function createCutTurn(deps: ActivityDependencies) {
  return async function cutTurn(input: CutTurnInput): Promise<CutTurnResult> {
    checkHome(deps.home, input.home);
    // All was said, and told: the record only does not know it yet.
    if (deps.turns.hasEnded(currentRun())) return undefined;
    return runStep(deps, input, { run: (turn) => Promise.resolve(turn.interrupt(input).cut) });
  };
}
