import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage } from '../../../../providers/scripted/wire/chat-request.ts';
import { ordersRules } from '../../../../providers/scripted/orders/orders-script.ts';
import { viewRequest } from '../../../../providers/scripted/request-view.ts';
import { NO_DELAYS, planReply } from '../../../../providers/scripted/script.ts';
import type { ScriptedReply } from '../../../../providers/scripted/scripted-reply.ts';

interface Done {
  readonly name: string;
  readonly arguments?: object;
  readonly result: object;
}

/** What the script says to a caller's words, once all that was done since has come back, round by round. */
function reply(user: string, ...rounds: readonly (readonly Done[])[]): ScriptedReply {
  return replyTo([{ role: 'user', content: user }, ...rounds.flatMap(toMessages)]);
}

function replyTo(messages: readonly ChatMessage[]): ScriptedReply {
  const view = viewRequest({ model: 'scripted', messages });
  return planReply({ rules: ordersRules, delays: NO_DELAYS }, view).reply;
}

function toMessages(done: readonly Done[], round: number): ChatMessage[] {
  const calls = done.map(({ name, arguments: wanted = {} }, index) => ({
    id: `${round}-${index}`,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(wanted) },
  }));
  const results = done.map(({ result }, index) => ({
    role: 'tool' as const,
    tool_call_id: `${round}-${index}`,
    content: JSON.stringify(result),
  }));
  return [{ role: 'assistant', content: null, tool_calls: calls }, ...results];
}

const error = (kind: string, message: string) => ({ error: { kind, message } });
const shipped = {
  order_id: '4010',
  status: 'shipped',
  item: 'Oak desk lamp',
  total_cents: 8950,
  currency: 'EUR',
  tracking: 'PX-78604',
  eta: 'tomorrow',
};

const WORDS_ONLY: readonly [user: string, said: RegExp][] = [
  ['Hi there', /^Hello/],
  ['What are your opening hours?', /nine to six/],
  ['Thanks a lot', /^You're welcome/],
  ['Goodbye', /^Thank you for calling/],
  ['Sing me a song', /look up an order/],
  ["I'd like a refund", /number of the order/],
];
for (const [user, said] of WORDS_ONLY) {
  test(`orders script: '${user}' is answered in words`, () => {
    const { text, calls } = reply(user);
    assert.match(text ?? '', said);
    assert.equal(calls, undefined);
  });
}

const CALLS: readonly [user: string, calls: ScriptedReply['calls']][] = [
  ['Where is order 4010?', [{ name: 'find_order', arguments: { order_id: '4010' } }]],
  ['Hello, what about order number #ab-4010', [{ name: 'find_order', arguments: { order_id: 'AB-4010' } }]],
  ["Where's my package?", [{ name: 'latest_order', arguments: {} }]],
  ['What is my latest order?', [{ name: 'latest_order', arguments: {} }]],
  ['Do you have any desk lamps in stock?', [{ name: 'search_products', arguments: { query: 'desk lamp' } }]],
  ['How much is the cast iron pan?', [{ name: 'search_products', arguments: { query: 'cast iron pan' } }]],
  [
    'Please compare the desk lamp and the floor lamp.',
    [
      { name: 'search_products', arguments: { query: 'desk lamp' } },
      { name: 'search_products', arguments: { query: 'floor lamp' } },
    ],
  ],
  [
    'I want my money back for order 4001 because it is broken.',
    [{ name: 'refund_order', arguments: { order_id: '4001', reason: 'it is broken' } }],
  ],
  ['Please refund my last order', [{ name: 'latest_order', arguments: {} }]],
];
for (const [user, calls] of CALLS) {
  test(`orders script: '${user}' is looked into, after a few words`, () => {
    const planned = reply(user);
    assert.deepEqual(planned.calls, calls);
    assert.match(planned.text ?? '', /^\w.*[.]$/);
  });
}

test('orders script: the answer about an order has all that is known of it', () => {
  const { text } = reply('Where is order 4010?', [{ name: 'find_order', result: shipped }]);
  assert.equal(
    text,
    'Your order 4010, the oak desk lamp, is on its way. It should arrive tomorrow. The tracking number is PX-78604. The total was 89 euros 50.',
  );
});

test('orders script: fields that are missing are passed over', () => {
  assert.equal(reply('My order?', [{ name: 'latest_order', result: {} }]).text, 'Your order is in our system.');
  const dated = { status: 'processing', eta: '2026-03-03' };
  const { text } = reply('My order?', [{ name: 'latest_order', result: dated }]);
  assert.equal(text, 'Your order is being packed. It should arrive on Tuesday, March 3.');
});

test('orders script: two products are named one after the other, and then compared', () => {
  const search = (name: string, price_cents: number) => ({
    name: 'search_products',
    result: { products: [{ name, price_cents, in_stock: price_cents < 10_000 }] },
  });
  const { text } = reply('Compare lamps', [search('Oak desk lamp', 8900), search('Brass floor lamp', 17900)]);
  assert.equal(
    text,
    "The oak desk lamp is 89 euros, and it's in stock. The brass floor lamp is 179 euros, and it's sold out right now. So the oak desk lamp is 90 euros cheaper.",
  );
});

test('orders script: a product that is not sold is named', () => {
  const nothing = { name: 'search_products', arguments: { query: 'piano' }, result: { products: [] } };
  assert.match(reply('Do you sell pianos?', [nothing]).text ?? '', /nothing like piano/);
});

test('orders script: a refund of the latest order first finds it, and then names the amount', () => {
  const words = 'Refund my latest order because it is late';
  const found = [{ name: 'latest_order', result: shipped }];
  assert.deepEqual(reply(words, found).calls, [
    { name: 'refund_order', arguments: { order_id: '4010', reason: 'it is late' } },
  ]);
  const refund = { refund_id: 'R-4010', order_id: '4010', amount_cents: 8900 };
  assert.equal(
    reply(words, found, [{ name: 'refund_order', result: refund }]).text,
    "That's done: 89 euros for order 4010 will be back on your card within five working days. Your reference is R-4010.",
  );
});

test("orders script: 'refund it' means the order that was talked about", () => {
  const { calls } = replyTo([
    { role: 'user', content: 'Where is order 4001?' },
    { role: 'assistant', content: 'Your order 4001 has been delivered.' },
    { role: 'user', content: 'Please refund it' },
  ]);
  assert.deepEqual(calls, [
    { name: 'refund_order', arguments: { order_id: '4001', reason: 'The caller asked for it' } },
  ]);
});

const REFUND_NEWS: readonly [result: object | undefined, said: RegExp][] = [
  [{ refund_id: 'R-4001', order_id: '4001', amount_cents: 32_900 }, /^Yes, 329 euros/],
  [error('failed', 'Card refused'), /couldn't make that refund/],
  [undefined, /haven't refunded anything/],
];
for (const [result, said] of REFUND_NEWS) {
  test(`orders script: the answer whether a refund went through comes from its result, which is ${JSON.stringify(result)}`, () => {
    const done = result === undefined ? [] : toMessages([{ name: 'refund_order', result }], 1);
    const { text, calls } = replyTo([
      { role: 'user', content: 'Please refund order 4001.' },
      ...done,
      { role: 'user', content: 'Did the refund go through?' },
    ]);
    assert.match(text ?? '', said);
    assert.equal(calls, undefined);
  });
}

test('orders script: a refund that is under way is named as such, and not made again', () => {
  const [asked] = toMessages([{ name: 'refund_order', result: {} }], 1);
  assert.ok(asked);
  const { text, calls } = replyTo([
    { role: 'user', content: 'Please refund order 4001.' },
    asked,
    { role: 'tool', tool_call_id: '1-0', content: 'This is still under way.' },
    { role: 'user', content: 'Did the refund go through?' },
  ]);
  assert.match(text ?? '', /still under way/);
  assert.equal(calls, undefined);
});

const APOLOGIES: readonly [tool: string, result: object, said: RegExp][] = [
  ['find_order', error('failed', "There is no order '9999'"), /can't find an order with the number 9999/],
  ['find_order', error('failed', 'The carrier does not answer'), /isn't giving me an answer right now/],
  ['find_order', error('timed_out', 'No result within 2000 ms'), /isn't giving me an answer right now/],
  ['refund_order', error('outcome_unknown', 'The process ended'), /can't see yet whether the refund went through/],
  ['refund_order', error('failed', "Order '9999' was paid back before"), /paid back already/],
  ['refund_order', error('failed', 'Card refused'), /couldn't make that refund/],
];
for (const [tool, result, said] of APOLOGIES) {
  test(`orders script: ${tool} with ${JSON.stringify(result)} becomes a sentence`, () => {
    const { text, calls } = reply('Order 9999', [{ name: tool, arguments: { order_id: '9999' }, result }]);
    assert.match(text ?? '', said);
    assert.equal(calls, undefined);
  });
}
