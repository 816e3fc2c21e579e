import type { History } from '@temporalio/common/lib/proto-utils.js';
import { defineTool } from 'legato';
import { z } from 'zod';
import { turnIdOf } from '../../contract/messages.ts';
import { postThroughTemporal } from '../post-through-temporal.ts';
import { createWorld, toStart, type WorldOptions } from '../world.ts';
import { textInput } from '../text-input.ts';

/** By the name of the file that keeps it: plays the workflow and gives its history. */
export type Recordings = Readonly<Record<string, () => Promise<History>>>;

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

export const RECORDED_WORLD: WorldOptions = {
  agent: { tools: [findOrder, refundOrder, stuck] },
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
    { when: { user: 'break' }, failure: { kind: 'status', status: 400 } },
    { reply: { text: 'Hello there.' } },
  ],
};

/** The caller of a turn with a read, a write that fails, and words before and after them. */
export const WITH_TOOLS = 'Find 7 and refund 8';

/** Of a turn that runs out of time: long enough for its tool to begin on a busy machine. */
const DEADLINE_MS = 3_000;
const PATIENCE_MS = 60_000;

/** Turns that nothing disturbs, by how they end. */
export const recordedTurns: Recordings = {
  answered: () => play('Hello'),
  'answered-with-tools': () => play(WITH_TOOLS),
  failed: () => play('Break the model'),
  expired: () => play('Get stuck', DEADLINE_MS),
  'not-posted': playUnposted,
  'posted-through-temporal': playPost,
};

async function play(text: string, deadlineMs = PATIENCE_MS): Promise<History> {
  await using world = await createWorld({ ...RECORDED_WORLD, agent: { ...RECORDED_WORLD.agent, deadlineMs } });
  const turn = await world.start(text);
  await turn.result().catch(() => undefined); // a failed turn is one of the kinds
  return await turn.handle.fetchHistory();
}

/** A turn that something other than a post has started. */
async function playUnposted(): Promise<History> {
  await using world = await createWorld(RECORDED_WORLD);
  const { name: agent } = world.agent;
  const conversationId = `conversation-of-${agent}`;
  const input = { conversationId, agent, input: textInput(WITH_TOOLS), modality: 'text' as const };
  const id = turnIdOf({ conversationId, number: 1 });
  const handle = await world.client.workflow.start('turn', toStart(id, world.agent, input));
  await handle.result().catch(() => undefined); // it fails at once
  return await handle.fetchHistory();
}

/** The post itself: its turn is one like all others. */
async function playPost(): Promise<History> {
  await using world = await createWorld(RECORDED_WORLD);
  const conversationId = `conversation-of-${world.agent.name}`;
  const { handle, result } = await postThroughTemporal(world, { conversationId, text: WITH_TOOLS });
  await result();
  return await handle.fetchHistory();
}
