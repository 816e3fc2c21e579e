import type { CallToolInput, CallToolResult } from '../contract/steps.ts';
import { pause } from '../live/clock.ts';
import { callAtHome } from '../live/home-steps.ts';
import type { LiveTurn } from '../live/live-turn.ts';
import { publishSettled } from '../live/reveal.ts';
import { callContent } from '../live/step-work.ts';
import { cutOfStep } from '../live/interrupts.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';

/** So long, and while the apology is said, a turn that ran out of time waits for a write that has begun. */
const LATE_MS = 2_000;

/** Runs one call. It does not fail: what went wrong is its result, for the model and the record. */
export function createCallTool(deps: ActivityDependencies) {
  return async function callTool(input: CallToolInput): Promise<CallToolResult> {
    return runStep(deps, input, {
      content: callContent(input),
      isLeftToRecord: input.policy.effect === 'write',
      // A write that waits at its gate has not begun, and is cancelled; one that has begun takes no notice.
      ...(input.policy.effect === 'write' && { ifStopped: (turn, over) => untilTooLate(turn, input, over) }),
      run: async (turn) => {
        const result = await callAtHome(turn, input, deps);
        const dropped = cutOfStep(turn, input.step);
        return { ...result, ...(dropped && { dropped }) };
      },
    });
  };
}

/** What it comes to afterwards is nobody's: readers are told what the record says. */
async function untilTooLate(turn: LiveTurn, input: CallToolInput, over: AbortSignal): Promise<CallToolResult> {
  const { clock, voice } = turn;
  const { step: call, name } = input;
  await pause(clock, LATE_MS, over);
  while (voice.isSpeaking && !over.aborted) await voice.quiet;
  const message = 'The turn ran out of time while this was under way; it may have happened all the same';
  const result = { ok: false, error: { kind: 'outcome_unknown' as const, message }, attempts: 1, durationMs: 0 };
  if (over.aborted) return result;
  turn.happened({ type: 'call_settled', call, result });
  publishSettled({ call, name, settled: result }, { turn, publish: (event) => turn.publish(call, event) });
  return result;
}
