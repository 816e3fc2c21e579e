import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadAgent } from '../../agent/load-agent.ts';
import { toWireParameters } from '../../providers/openai/strict-schema.ts';
import type { Json } from '../../contract/items.ts';

const folder = mkdtempSync(join(tmpdir(), 'legato-orders-'));
process.env.ORDERS_DATABASE = join(folder, 'orders.sqlite');
const agent = await loadAgent('examples/orders/agent.ts');
const { openShop } = await import('../../examples/orders/database.ts');
after(() => {
  openShop().close();
  rmSync(folder, { recursive: true });
});

/** Calls a tool as a turn does: arguments checked before, result checked after. */
async function call(name: string, args: Json, idempotencyKey = 'turn-1/tool:1:0'): Promise<unknown> {
  const tool = agent.tools.find(name);
  assert.ok(tool);
  const checked = tool.checkArguments(args);
  assert.ok(checked.ok);
  const context = { signal: new AbortController().signal, idempotencyKey, attempt: 1, progress: () => undefined };
  const result = tool.checkResult(await tool.run(checked.value, context));
  assert.ok(result.ok);
  return result.value;
}
const countRefunds = () => openShop().prepare('SELECT count(*) AS count FROM refunds').get()?.count;

test('orders agent: the model gets all of its tools in strict form', () => {
  assert.deepEqual(
    agent.tools.list().map((tool) => tool.name),
    ['find_order', 'latest_order', 'track_parcel', 'search_products', 'refund_order'],
  );
  assert.ok(agent.tools.list().every((tool) => toWireParameters(tool.parameters).strict));
});

test('orders agent: an order is found by its number', async () => {
  assert.deepEqual(await call('find_order', { order_id: '4003' }), {
    order_id: '4003',
    status: 'shipped',
    item: 'Oak desk lamp',
    total_cents: 8900,
    currency: 'EUR',
    tracking: 'PX-78002',
    eta: 'Thursday',
  });
});

test('orders agent: the latest order is the one that the caller placed last', async () => {
  const order = (await call('latest_order', {})) as { order_id: string };
  assert.equal(order.order_id, '4010');
});

test('orders agent: an unknown order is an error in words for the model', async () => {
  await assert.rejects(call('find_order', { order_id: '9' }), {
    message: "There is no order '9'; ask the caller to repeat the number",
  });
});

test('orders agent: order 4006 cannot be looked up, every time', async () => {
  await assert.rejects(call('find_order', { order_id: '4006' }), /carrier's system does not answer/);
  await assert.rejects(call('find_order', { order_id: '4006' }), /carrier's system does not answer/);
});

test('orders agent: a search finds what has all of its words, and nothing without words', async () => {
  const found = (await call('search_products', { query: 'Lamp, wood!' })) as { products: object[] };
  assert.deepEqual(found.products, [{ name: 'Oak desk lamp', price_cents: 8900, in_stock: true }]);
  assert.deepEqual(await call('search_products', { query: '%' }), { products: [] });
});

test('orders agent: a refund is written once for its idempotency key, and once for its order', async () => {
  const refund = { refund_id: 'R-4001', order_id: '4001', amount_cents: 32900 };
  const args = { order_id: '4001', reason: 'scratched' };
  assert.deepEqual(await call('refund_order', args, 'key-1'), refund);
  assert.deepEqual(await call('refund_order', args, 'key-1'), refund);
  await assert.rejects(call('refund_order', args, 'key-2'), /Order '4001' was paid back before/);
  assert.equal(countRefunds(), 1);
});

test('orders agent: an order that was cancelled is not paid back', async () => {
  await assert.rejects(
    call('refund_order', { order_id: '4004', reason: 'late' }, 'key-3'),
    /is cancelled, so there is nothing/,
  );
});
