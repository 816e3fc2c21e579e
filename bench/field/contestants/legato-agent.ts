import { z } from 'zod';
import { defineAgent, defineTool } from '../../../agent/index.ts';
import { findOrder } from './find-order.ts';
import { INSTRUCTIONS, TOOL } from '../script.ts';

export default defineAgent({
  // Two processes with one agent would share their work.
  name: `field-${process.env['BENCH_CONTESTANT'] ?? ''}`,
  instructions: INSTRUCTIONS,
  model: 'scripted',
  voice: 'alloy',
  tools: [
    defineTool({
      name: TOOL.name,
      description: TOOL.description,
      input: z.object({ [TOOL.argument]: z.string() }),
      effect: 'read',
      preamble: 'off', // the others have none
      timeoutMs: 25_000,
      budgetMs: 25_000,
      run: ({ order_id }, { signal }) => findOrder(order_id, signal),
    }),
  ],
});
