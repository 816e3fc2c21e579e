import type { CallToolInput, CallToolResult } from '../contract/steps.ts';
import { callForRecord } from '../live/turns/home-steps.ts';
import { callContent, isLeftToRecord } from '../live/calls/call-step.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { homeLost } from './open-at-home.ts';
import { runStep } from './run-step.ts';

/** Runs one call. It does not fail: what went wrong is its result, for the model and the record. */
export function createCallTool(deps: ActivityDependencies) {
  return async function callTool(input: CallToolInput): Promise<CallToolResult> {
    return runStep(deps, input, {
      content: callContent(input),
      isLeftToRecord: isLeftToRecord(input.policy),
      // A write that waits at its gate has not begun, and is cancelled; one that has begun goes on.
      run: async (turn) => {
        const result = await callForRecord(turn, input, deps.stepsFor(turn));
        // A read that was aborted because another process speaks for the turn is done again there.
        const isAborted = turn.state === 'replaced' && result.error?.kind === 'cancelled';
        if (isAborted && input.policy.effect === 'read') throw homeLost('another process speaks for the turn');
        return result;
      },
    });
  };
}
