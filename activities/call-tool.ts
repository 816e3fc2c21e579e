import type { CallToolInput, CallToolResult } from '../contract/steps.ts';
import { runTool } from '../live/tool-runner.ts';
import { turnedDown } from '../turn/plan-calls.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { runStep } from './run-step.ts';
import type { StepWork } from './run-step.ts';

/** Runs one call. It does not fail: what went wrong is its result, for the model and the record. */
export function createCallTool(deps: ActivityDependencies) {
  return async function callTool(input: CallToolInput): Promise<CallToolResult> {
    return runStep(deps, input, {
      kind: 'tool',
      name: input.name,
      cancellable: input.policy.effect === 'read',
      run: async (work) => {
        const result = await settle(deps, input, work);
        work.turn.recordResult(input.step, result);
        work.publish({ type: 'tool.finished', call: input.step, name: input.name, ...result, source: 'run' });
        return result;
      },
    });
  };
}

async function settle(
  { agent }: ActivityDependencies,
  { step, name, arguments: args, policy }: CallToolInput,
  { turn, publish, signal }: StepWork,
): Promise<CallToolResult> {
  const tool = agent.tools.get(name);
  if (!tool) return turnedDown({ kind: 'unknown_tool', message: `This process has no tool '${name}'; was it renamed?` });
  const checked = tool.checkArguments(args);
  if (!checked.ok) return turnedDown(checked.error);
  const call = { call: step, name, arguments: args };
  return runTool({
    tool,
    args: checked.value,
    policy,
    idempotencyKey: `${turn.id}/${step}`,
    signal,
    onAttempt: (attempt) => publish({ type: 'tool.started', ...call, attempt }),
    onProgress: (note, attempt) => publish({ type: 'tool.progress', ...call, attempt, note }),
  });
}
