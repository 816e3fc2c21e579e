import type { Agent } from '../agent/agent.ts';
import type { CallResult } from '../contract/rounds.ts';
import type { CallToolInput } from '../contract/steps.ts';
import type { NewEvent } from '../stream/turn-stream.ts';
import { turnedDown } from '../turn/plan-calls.ts';
import type { LiveTurn } from './live-turn.ts';
import { runTool } from './tool-runner.ts';

export interface Calling {
  readonly agent: Agent;
  readonly turn: LiveTurn;
  readonly publish: (event: NewEvent) => void;
  readonly signal: AbortSignal;
}

/** Runs one call and tells of it. It does not throw: what went wrong is its result. */
export async function runCall(input: CallToolInput, calling: Calling): Promise<CallResult> {
  const result = await settle(input, calling);
  calling.turn.recordResult(input.step, result);
  const { ok, result: value, error, attempts, durationMs } = result;
  const outcome = { ok, ...(value !== undefined && { result: value }), ...(error && { error }) };
  const finished = { call: input.step, name: input.name, ...outcome, attempts, durationMs };
  calling.publish({ type: 'tool.finished', ...finished, source: 'run' });
  return result;
}

async function settle(input: CallToolInput, { agent, turn, publish, signal }: Calling): Promise<CallResult> {
  const { step, name, arguments: args, policy } = input;
  const tool = agent.tools.get(name);
  if (!tool)
    return turnedDown({ kind: 'unknown_tool', message: `This process has no tool '${name}'; was it renamed?` });
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
