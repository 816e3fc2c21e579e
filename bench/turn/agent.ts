import { setTimeout as sleep } from 'node:timers/promises';
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';
import { slowOrder } from './replies.ts';

const findOrder = defineTool({
  name: 'find_order',
  description: 'Finds an order by its number: status, item, total, tracking number and expected arrival',
  input: z.object({ order_id: z.string().describe('The number as the caller said it, digits only') }),
  effect: 'read',
  run: async ({ order_id }, { signal }) => {
    if (order_id === slowOrder.id) await sleep(slowOrder.takesMs, undefined, { signal });
    return { order_id, status: 'shipped', item: 'Oak desk lamp', total_cents: 8_900, tracking: 'PX-78002' };
  },
});

export default defineAgent({
  name: 'bench',
  instructions: 'You help callers of a shop.',
  model: 'scripted',
  voice: 'alloy',
  tools: [findOrder],
});
