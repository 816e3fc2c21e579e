import { defineAgent, defineTool, type ToolDefinition } from 'legato';
import { z } from 'zod';

export const findOrder = defineTool({
  name: 'find_order',
  description: 'Finds an order',
  input: z.object({ order_id: z.string() }),
  output: z.object({ status: z.string() }),
  effect: 'read',
  run: ({ order_id }) => ({ status: order_id === '4003' ? 'shipped' : 'unknown' }),
});

export const refunds: string[] = [];
export const refund = defineTool({
  name: 'refund',
  description: 'Pays an order back',
  input: z.object({ order_id: z.string() }),
  effect: 'write',
  run: ({ order_id }, { idempotencyKey }) => {
    refunds.push(`${order_id} ${idempotencyKey}`);
    return 'done';
  },
});

type Options = Parameters<typeof defineAgent>[0];

export function shopWith(tools: readonly ToolDefinition[], options: Partial<Options> = {}) {
  return defineAgent({ name: 'shop', instructions: 'Help.', model: 'm', voice: 'alloy', tools, ...options });
}

export const shop = shopWith([findOrder, refund]);
