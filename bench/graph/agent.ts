// The agent of this bench: the same two lookups, once as tools that the model calls one after the other, once as a chain.
import { setTimeout as sleep } from 'node:timers/promises';
import { defineAgent, defineTool, from } from 'legato';
import { z } from 'zod';
import { FILLER_AFTER_MS, TOOL_MS } from './replies.ts';

const latest = defineTool({
  name: 'latest_order',
  description: "The caller's latest order",
  input: z.object({}),
  effect: 'read',
  run: async (_, { signal }) => {
    await sleep(TOOL_MS, undefined, { signal });
    return { order_id: '4010' };
  },
});

const track = {
  description: 'Where the parcel of an order is',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  run: async ({ order_id }: { order_id: string }, { signal }: { signal: AbortSignal }) => {
    await sleep(TOOL_MS, undefined, { signal });
    return { order_id, place: 'Hamburg' };
  },
} as const;

export default defineAgent({
  name: 'bench-graph',
  instructions: 'You help callers of a shop.',
  model: 'scripted',
  voice: 'alloy',
  tools: [
    latest,
    defineTool({ ...track, name: 'track_order' }),
    defineTool({ ...track, name: 'track_latest', requires: { order_id: from('latest_order', 'order_id') } }),
    defineTool({
      name: 'wait',
      description: 'Takes its time',
      input: z.object({}),
      effect: 'read',
      preamble: 'off',
      fillers: [{ afterMs: FILLER_AFTER_MS, say: ['Wait.', 'Hold on.'] }],
      run: (_, { signal }) => sleep(2 * FILLER_AFTER_MS, 'done', { signal }),
    }),
    defineTool({
      name: 'block',
      description: 'Blocks its thread',
      input: z.object({}),
      effect: 'read',
      thread: true,
      timeoutMs: 5_000,
      budgetMs: 5_000,
      run: () => {
        const untilMs = performance.now() + 2_000;
        while (performance.now() < untilMs);
        return 'done';
      },
    }),
  ],
});
