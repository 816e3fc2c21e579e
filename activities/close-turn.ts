import type { CloseTurnInput } from '../contract/steps.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { checkHome, currentRun, openAtHome } from './open-at-home.ts';
import { reportEnd } from './report-end.ts';

/** Reports the turn's end from its record, if the last speech could not report it or reported something else. */
export function createCloseTurn(deps: ActivityDependencies) {
  return async function closeTurn({ result, home, ...step }: CloseTurnInput): Promise<void> {
    checkHome(deps.home, home);
    const run = currentRun();
    const { workflowId: id } = run;
    // Closed with its last speech, the turn is not open here any more.
    if (!deps.turns.endedRuns.has(run)) openAtHome(deps, step, run);
    const { conversationId, number, outcome, degraded, items } = result;
    const ended = { id, conversationId, number, outcome, degraded, items, ...step };
    await reportEnd(deps, { ...ended, corrects: true });
  };
}
