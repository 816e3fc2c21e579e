import { defineTool } from 'legato';
import { z } from 'zod';
import type { WorldOptions } from '../world.ts';

const findOrder = defineTool({
  name: 'find_order',
  description: 'Status of an order',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  run: ({ order_id }) => ({ order_id, status: 'shipped' }),
});

const refundOrder = defineTool({
  name: 'refund_order',
  description: 'Pays an order back',
  input: z.object({ order_id: z.string() }),
  effect: 'write',
  run: () => {
    throw new Error('The bank does not answer');
  },
});

const stuck = defineTool({
  name: 'stuck',
  description: 'Never ends',
  input: z.object({}),
  effect: 'read',
  timeoutMs: 60_000,
  budgetMs: 60_000,
  run: () => new Promise(() => undefined),
});

const listen = defineTool({
  name: 'listen',
  description: 'Ends when the caller speaks',
  input: z.object({}),
  effect: 'read',
  run: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
});

/** One of each kind of turn whose history is kept: what the caller says, and how it ends. */
export const RECORDED_TURNS = {
  answered: 'Hello',
  'answered-with-tools': 'Find 7 and refund 8',
  failed: 'Break the model',
  expired: 'Get stuck',
  interrupted: 'Wait until I speak',
} as const;

/** The caller speaks into this one while its tool runs. */
export const CUT_TURN = 'interrupted';

export const RECORDED_WORLD: WorldOptions = {
  agent: { tools: [findOrder, refundOrder, stuck, listen], deadlineMs: 1_000 },
  rules: [
    { when: { afterTool: true }, reply: { text: 'Order 7 has shipped, but I could not refund order 8.' } },
    {
      when: { user: 'refund' },
      reply: {
        text: 'One moment.',
        calls: [
          { name: 'find_order', arguments: { order_id: '7' } },
          { name: 'refund_order', arguments: { order_id: '8' } },
        ],
      },
    },
    { when: { user: 'stuck' }, reply: { calls: [{ name: 'stuck', arguments: {} }] } },
    { when: { user: 'wait' }, reply: { text: 'I am all ears.', calls: [{ name: 'listen', arguments: {} }] } },
    { when: { user: 'break' }, failure: { kind: 'status', status: 400 } },
    { reply: { text: 'Hello there.' } },
  ],
};
