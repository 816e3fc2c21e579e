import type { PassGateInput, PassGateResult } from '../contract/steps.ts';
import { callContent } from '../live/calls/call-step.ts';
import { passGateForRecord } from '../live/turns/home-steps.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';

/**
 * Lets a call begin whose tool a tools-only worker runs: completes when its gate is open and the caller has not spoken, looked at in
 * one tick (I1), or when the call is over. The rest of the call at home goes on until its result is brought (`callTool`).
 */
export function createPassGate(deps: ActivityDependencies) {
  return async function passGate(input: PassGateInput): Promise<PassGateResult> {
    return runStep(deps, input, {
      content: callContent(input),
      isLeftToRecord: true,
      run: (turn) => passGateForRecord(turn, input, deps.stepsFor(turn)),
    });
  };
}
