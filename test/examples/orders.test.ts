import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertThat, call, converse, runTool, standIn, TestClock } from 'legato/testing';
import { loadAgent } from '../../agent/load-agent.ts';
import { ordersRules } from '../../providers/scripted/orders/orders-script.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { toWireParameters } from '../../providers/openai/strict-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'legato-orders-'));
process.env.ORDERS_DATABASE = join(folder, 'orders.sqlite');
const agent = await loadAgent('examples/orders/agent.ts');
const { openShop } = await import('../../examples/orders/database.ts');
const { findOrder, latestOrder } = await import('../../examples/orders/find-order.ts');
const { refundOrder } = await import('../../examples/orders/refund-order.ts');
const { searchProducts } = await import('../../examples/orders/search-products.ts');
const { trackParcel } = await import('../../examples/orders/track-parcel.ts');
after(() => {
  openShop().close();
  rmSync(folder, { recursive: true });
});

const countRefunds = () => openShop().prepare('SELECT count(*) AS count FROM refunds').get()?.count;

test('orders agent: the model gets all of its tools in strict form', () => {
  assert.deepEqual(
    agent.tools.list().map((tool) => tool.name),
    ['find_order', 'latest_order', 'track_parcel', 'search_products', 'refund_order'],
  );
  assert.ok(agent.tools.list().every((tool) => toWireParameters(tool.parameters).strict));
});

test('orders agent: an order is found by its number', async () => {
  assert.deepEqual(await runTool(findOrder, { order_id: '4003' }), {
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
  const order = await runTool(latestOrder, {});
  assert.equal(order.order_id, '4010');
});

test('orders agent: an unknown order is an error in words for the model', async () => {
  await assert.rejects(runTool(findOrder, { order_id: '9' }), {
    message: "There is no order '9'; ask the caller to repeat the number",
  });
});

test('orders agent: order 4006 cannot be looked up, every time', async () => {
  await assert.rejects(runTool(findOrder, { order_id: '4006' }), /carrier's system does not answer/);
  await assert.rejects(runTool(findOrder, { order_id: '4006' }), /carrier's system does not answer/);
});

test('orders agent: a search finds what has all of its words, and nothing without words', async () => {
  const found = await runTool(searchProducts, { query: 'Lamp, wood!' });
  assert.deepEqual(found.products, [{ name: 'Oak desk lamp', price_cents: 8900, in_stock: true }]);
  assert.deepEqual(await runTool(searchProducts, { query: '%' }), { products: [] });
});

test('orders agent: a refund is written once for its idempotency key, and once for its order', async () => {
  const refund = { refund_id: 'R-4001', order_id: '4001', amount_cents: 32900 };
  const args = { order_id: '4001', reason: 'scratched' };
  assert.deepEqual(await runTool(refundOrder, args, { idempotencyKey: 'key-1' }), refund);
  assert.deepEqual(await runTool(refundOrder, args, { idempotencyKey: 'key-1' }), refund);
  await assert.rejects(runTool(refundOrder, args, { idempotencyKey: 'key-2' }), /Order '4001' was paid back before/);
  assert.equal(countRefunds(), 1);
});

test('orders agent: an order that was cancelled is not paid back', async () => {
  await assert.rejects(
    runTool(refundOrder, { order_id: '4004', reason: 'late' }, { idempotencyKey: 'key-3' }),
    /is cancelled, so there is nothing/,
  );
});

test('orders agent: a parcel is found by the latest order, with words while the carrier is waited for', async () => {
  const clock = new TestClock();
  const carrier = standIn(trackParcel, async ({ tracking }, { signal }) => {
    await clock.sleep(4_000, signal);
    return { tracking, place: 'Bremen' };
  });
  const model = [{ text: 'I ask the carrier.', calls: [call('track_parcel')] }, 'It is in Bremen.'];
  const turn = await converse(agent, { model, clock, tools: [carrier] }).say('Where is my parcel?');
  assertThat(turn)
    .calledOnly('latest_order', 'track_parcel')
    .got('track_parcel', { place: 'Bremen' })
    .heard(/^I ask the carrier\. .*carrier.* It is in Bremen\.$/)
    .ended('answered');
});

test('orders agent: a caller who cuts in before the refund was announced has no refund', async () => {
  const before = countRefunds();
  const refund = call('refund_order', { order_id: '4003', reason: 'scratched' });
  const talk = converse(agent, { model: [{ text: 'I pay it back.', calls: [refund] }], voice: { afterMs: 500 } });
  talk.bargeIn({ afterMs: 200 });
  assertThat(await talk.say('Refund order 4003'))
    .failed('refund_order', 'cancelled')
    .ended('interrupted');
  assert.equal(countRefunds(), before);
});

test('orders agent: an order that cannot be looked up is told to the model, and the turn goes on', async () => {
  const model = [call('find_order', { order_id: '4006' }), 'I cannot look it up. Shall I write to you?'];
  const turn = await converse(agent, { model }).say('Where is order 4006?');
  assertThat(turn).failed('find_order', 'failed').prompted('carrier').heard('Shall I write to you?').ended('answered');
});

test('orders agent: it runs on Claude with another model in its line, and the package that it is imported from', async (t) => {
  await using server = await startScriptedServer({ rules: ordersRules, speech: 'tone' });
  const before = { ...process.env };
  Object.assign(process.env, { ANTHROPIC_API_KEY: 'none', ANTHROPIC_BASE_URL: server.url });
  const home = join(import.meta.dirname, '../../.legato');
  mkdirSync(home, { recursive: true });
  const own = mkdtempSync(join(home, 'claude-'));
  t.after(() => {
    rmSync(own, { recursive: true });
    process.env = before;
  });
  const source = readFileSync('examples/orders/agent.ts', 'utf8');
  const changed = source
    .replace("model: 'gpt-5.1'", "model: anthropic('claude-sonnet-5')")
    .replaceAll("from './", "from '../../examples/orders/");
  assert.notEqual(changed, source);
  writeFileSync(join(own, 'agent.ts'), `import { anthropic } from '@ai-sdk/anthropic';\n${changed}`);
  const onClaude = await loadAgent(join(own, 'agent.ts'));
  assert.ok(onClaude.modelObject);
  const talk = converse(onClaude, { model: onClaude.modelObject });
  const turn = await talk.say('Where is my order 4002?');
  assertThat(turn).called('find_order', { order_id: '4002' });
  assert.equal(server.requests.messages.all.length, 2);
});
