import assert from 'node:assert/strict';
import { AgentDefinitionError, type AgentOptions, defineAgent, defineTool, type Tool } from 'legato';
import { z } from 'zod';

export const least: AgentOptions = { name: 'orders', instructions: 'Help.', model: 'gpt-5.1', voice: 'alloy' };

export const lookup = defineTool({
  name: 'find_order',
  description: 'Finds an order',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  run: ({ order_id }) => ({ order_id }),
});

export const latest = defineTool({
  name: 'latest_order',
  description: 'Finds the latest order',
  input: z.object({}),
  output: z.object({ order_id: z.string() }),
  effect: 'read',
  run: () => ({ order_id: '4010' }),
});

export const refund = defineTool({
  name: 'refund_order',
  description: 'Pays an order back',
  input: z.object({ order_id: z.string() }),
  effect: 'write',
  run: () => null,
});

/** A tool that differs from `lookup` in some options, given as someone without types would, in an agent with others. */
export function toolWith(options: object, ...others: readonly object[]): Tool {
  const tools = [{ ...lookup, ...options }, ...others];
  const agent = defineAgent({ ...least, tools } as AgentOptions);
  return agent.tools.list()[0] ?? assert.fail();
}

/** Definitions as someone without types would write them. */
export function faultsOf(options: unknown): readonly string[] {
  try {
    defineAgent(options as AgentOptions);
  } catch (error) {
    assert.ok(error instanceof AgentDefinitionError);
    return error.faults;
  }
  return [];
}

export function faultsOfTools(...tools: readonly unknown[]): readonly string[] {
  return faultsOf({ ...least, tools });
}
