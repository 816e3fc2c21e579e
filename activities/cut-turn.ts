import type { CutTurnInput, CutTurnResult } from '../contract/steps.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';

/** Interrupts the turn at home for an interrupt that reached Temporal first: from a program that uses Temporal directly, an operator, or another process. */
export function createCutTurn(deps: ActivityDependencies) {
  return async function cutTurn(input: CutTurnInput): Promise<CutTurnResult> {
    return runStep(deps, input, {
      ifEnded: () => undefined, // all was said: nothing is left to interrupt
      // Two interrupts of one turn may arrive in any order: each returns the barge-in that there is.
      run: (turn) => Promise.resolve(turn.interrupt(input).bargeIn ?? turn.bargeIn),
    });
  };
}
