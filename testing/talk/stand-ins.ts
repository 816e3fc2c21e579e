import type { z } from 'zod';
import type { Agent, Tool, ToolContext } from '../../agent/agent.ts';
import type { DefinedTool } from '../../agent/define-tool.ts';
import type { MetadataOf } from '../../agent/metadata/metadata-types.ts';
import type { OutsideWork } from '../clock/outside-work.ts';

/** Runs in place of a tool's own `run`. Arguments and result are checked as the tool's own are. */
export interface StandIn {
  readonly name: string;
  readonly run: (args: never, tool: ToolContext<never>) => unknown;
}

/** For `converse(agent, { tools: [standIn(findOrder, …)] })`: what a tool does in this test. */
export function standIn<Args, Result, Meta extends z.ZodObject>(
  tool: DefinedTool<Args, Result, Meta>,
  run: (args: Args, tool: ToolContext<MetadataOf<Meta>>) => NoInfer<Result> | Promise<NoInfer<Result>>,
): StandIn {
  return { name: tool.name, run };
}

/** The agent with some of its tools replaced, all of which are followed while they run. */
export function withStandIns(agent: Agent, standIns: readonly StandIn[], outside: OutsideWork): Agent {
  const unknown = standIns.find(({ name }) => !agent.tools.find(name));
  if (unknown) {
    const names = agent.tools.list().map(({ name }) => name);
    const known = names.length > 0 ? `it has ${names.join(', ')}` : 'it has none';
    throw new Error(`Agent '${agent.name}' has no tool '${unknown.name}' to stand in for; ${known}`);
  }
  const replaced = agent.tools.list().map((tool): Tool => {
    const other = standIns.find(({ name }) => name === tool.name);
    const run = other ? (other.run as Tool['run']) : tool.run;
    return { ...tool, run: (args, context) => outside.follow(`tool ${tool.name}`, () => run(args, context)) };
  });
  const tools = new Map(replaced.map((tool) => [tool.name, tool]));
  return { ...agent, tools: { list: () => replaced, find: (name) => tools.get(name) } };
}
