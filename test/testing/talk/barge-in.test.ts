import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { call, converse, TestClock } from 'legato/testing';
import { z } from 'zod';
import { refunds, shop, shopWith } from './shop.ts';

const LONG = 'Your order was shipped on Monday and it arrives on Thursday.';

test('bargeIn: the words that were heard until then are what the next turn remembers', async () => {
  const talk = converse(shop, { model: [LONG, 'Sure.'] });
  talk.bargeIn({ afterMs: 60 * 'Your order was'.length });
  const turn = await talk.say('Where is it?');
  assert.equal(turn.outcome, 'interrupted');
  assert.equal(turn.heard, 'Your order was');
  const next = await talk.say('Stop');
  assert.ok(next.prompt.some((message) => message.role === 'assistant' && message.text === 'Your order was'));
});

test('bargeIn: on an event it comes so long after the first one of that type', async () => {
  const talk = converse(shop, { model: [{ text: LONG, afterMs: 700 }] });
  talk.bargeIn({ on: 'speech.started', afterMs: 100 });
  const turn = await talk.say('Where is it?');
  assert.equal(turn.events.find(({ type }) => type === 'turn.interrupted')?.atMs, 800);
});

test('bargeIn: in an open turn it counts from now', async () => {
  const talk = converse(shop, { model: [LONG] });
  const saying = talk.say('Where is it?');
  await talk.wait(500);
  talk.bargeIn({ afterMs: 100 });
  const { events } = await saying;
  assert.equal(events.find(({ type }) => type === 'turn.interrupted')?.atMs, 600);
});

test('bargeIn: one that was planned for a turn that ended before it does not reach the next turn', async () => {
  const talk = converse(shop, { model: ['Yes.', LONG] });
  talk.bargeIn({ on: 'tool.started' });
  await talk.say('One');
  talk.bargeIn({ afterMs: 60_000 });
  await talk.say('Two');
  assert.deepEqual(
    talk.turns.map(({ outcome }) => outcome),
    ['answered', 'answered'],
  );
});

test('say: it is a barge-in on the turn that is open', async () => {
  const talk = converse(shop, { model: [LONG, 'Tomorrow.'] });
  const first = talk.say('Where is it?');
  await talk.wait(300);
  const second = await talk.say('I mean the other one');
  assert.equal((await first).outcome, 'interrupted');
  assert.equal(second.heard, 'Tomorrow.');
});

test('bargeIn: a write that waits at its gate never begins', async () => {
  refunds.length = 0;
  const clock = new TestClock();
  const talk = converse(shop, {
    clock,
    model: [{ text: LONG, calls: [call('refund', { order_id: '1' })] }, 'Never said.'],
    voice: { afterMs: 1_000 },
  });
  talk.bargeIn({ afterMs: 500 });
  const turn = await talk.say('Refund it');
  assert.deepEqual(refunds, []);
  assert.equal(turn.results[0]?.error?.kind, 'cancelled');
});

test('bargeIn: a write that has begun goes on, and its result is in the record', async () => {
  const clock = new TestClock();
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays', input: z.object({}), effect: 'write' },
    run: async () => {
      await clock.sleep(1_500);
      return 'paid';
    },
  });
  const talk = converse(shopWith([pay]), { clock, model: [{ text: 'I pay.', calls: [call('pay')] }, 'Never said.'] });
  talk.bargeIn({ on: 'tool.started', afterMs: 100 });
  const turn = await talk.say('Pay');
  assert.equal(turn.outcome, 'interrupted');
  assert.equal(turn.results[0]?.result, 'paid');
});
