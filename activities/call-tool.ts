import type { CallToolInput, CallToolResult } from '../contract/steps.ts';
import { isDropped, runCall } from '../live/run-call.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';

/** Runs one call. It does not fail: what went wrong is its result, for the model and the record. */
export function createCallTool(deps: ActivityDependencies) {
  return async function callTool(input: CallToolInput): Promise<CallToolResult> {
    return runStep(deps, input, {
      kind: 'tool',
      name: input.name,
      // A write that waits at its gate has not begun; one that has begun takes no notice.
      cancellable: true,
      run: async (work) => {
        const result = await runCall(input, { ...deps, ...work });
        const { cut } = work.turn;
        return { ...result, ...(cut && isDropped(cut, input.step) && { dropped: cut }) };
      },
    });
  };
}
