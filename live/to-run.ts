import type { OnThrown, Tool } from '../agent/agent.ts';
import type { Json } from '../contract/items.ts';
import type { ToolPolicy } from '../contract/rounds.ts';
import type { ThreadRun } from './thread-run.ts';
import type { RunTool } from './tool-runner.ts';

export interface CheckedArguments {
  /** What the schema made of the arguments. */
  readonly args: unknown;
  /** As they came: what a thread is sent, and checks itself. */
  readonly asked: Json;
  readonly policy: ToolPolicy;
  /** Takes what the check of the result threw. */
  readonly onThrown: OnThrown;
}

/** How one attempt of a tool runs: here, or on a thread where its definition says that it blocks. */
export function toRun(
  tool: Tool,
  { args, asked, policy, onThrown }: CheckedArguments,
  runOnThread: ThreadRun,
): RunTool {
  if (policy.thread) return (context) => runOnThread({ tool: tool.name, arguments: asked, onThrown }, context);
  return async (context) => tool.checkResult(await tool.run(args, context), onThrown);
}
