// An agent whose only tool logs, throws, and quotes its argument.
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

class OrderMissing extends Error {
  override readonly name = 'OrderMissing';
}

const findOrder = defineTool({
  name: 'find_order',
  description: 'Finds an order',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  retry: { attempts: 1, firstDelayMs: 1 },
  run: function searchOrders({ order_id }, tool) {
    tool.log.info('Searching', { shelf: 4 });
    throw new OrderMissing(`There is no order ${order_id}`);
  },
});

export default defineAgent({
  name: 'failing',
  instructions: 'You help callers of a shop.',
  model: 'scripted',
  voice: 'alloy',
  tools: [findOrder],
});
