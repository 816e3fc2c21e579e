import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { Item } from '../../contract/items.ts';
import { createWorld } from '../world.ts';
import type { World } from '../world.ts';

const findOrder = defineTool({
  name: 'find_order',
  description: 'Status of an order',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  run: ({ order_id }) => ({
    order_id,
    status: 'in transit',
    item: 'Walnut desk lamp',
    total_cents: 8_900,
    currency: 'EUR',
    tracking: `ZX-${order_id}-88`,
    eta: '2026-12-01',
  }),
});

async function createShop(): Promise<World> {
  return createWorld({
    agent: { tools: [findOrder] },
    rules: [
      {
        when: { afterTool: true },
        reply: { text: 'Your lamp is in transit and should arrive on the first of December.' },
      },
      {
        reply: ({ user }) => ({
          text: 'One moment, I am looking that up for you.',
          calls: [{ name: 'find_order', arguments: { order_id: user.replaceAll(/\D/g, '') } }],
        }),
      },
    ],
  });
}

test('turn: one with a tool call writes at most 32 events and 20 kB of history, also as the 30th of a conversation', async () => {
  await using world = await createShop();
  let items: readonly Item[] = [];
  for (let number = 1; number <= 30; number += 1) {
    const turn = await world.start(`Where is my order number ${4_000 + number}?`, { number, items });
    const result = await turn.result();
    items = [...items, ...result.items];
    if (number !== 1 && number !== 30) continue;
    const { historyLength, historySize } = await turn.handle.describe();
    assert.ok(historyLength <= 32, `turn ${number} wrote ${historyLength} events`);
    assert.ok((historySize ?? 0) <= 20_000, `turn ${number} wrote ${historySize} bytes`);
  }
  const sent = world.scripted.requests.chat.last?.body.messages ?? [];
  assert.equal(sent.filter((message) => message.role === 'user').length, 30);
});

test('turn: the transcript so far stands in its history once', async () => {
  await using world = await createShop();
  const marker = 'a phrase that stands nowhere else';
  const items: Item[] = [
    { type: 'user', text: marker },
    { type: 'speech', speech: '1-1', kind: 'answer', text: 'Yes.', heardText: 'Yes.' },
  ];
  const turn = await world.start('Where is my order number 4001?', { items });
  await turn.result();
  const history = await turn.handle.fetchHistory();
  const encoded = [...JSON.stringify(history).matchAll(/"data":"([^"]*)"/g)];
  const payloads = encoded.map(([, base64]) => Buffer.from(base64 ?? '', 'base64').toString('utf8')).join('\n');
  assert.equal(payloads.split(marker).length - 1, 1);
});

test('turn: its steps have readable ids and summaries in Temporal UI, and its page tells the turn', async () => {
  await using world = await createShop();
  const turn = await world.start('Where is my order number 4001?');
  await turn.result();
  const { events } = await turn.handle.fetchHistory();
  const scheduled = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
  assert.deepEqual(
    scheduled.map((event) => event.activityTaskScheduledEventAttributes?.activityId),
    ['think-1', 'tool-1-0-find_order', 'think-2', 'voice-2'],
  );
  assert.ok(scheduled.every((event) => event.userMetadata?.summary));
  const metadata = await turn.handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  assert.match(metadata.currentDetails, /answered.*find_order/s);
});
