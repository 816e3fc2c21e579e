import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { defineTool } from 'legato';
import { call, converse, standIn, TestClock } from 'legato/testing';
import { z } from 'zod';
import type { LanguageModel } from '../../../providers/model.ts';
import type { TextToSpeech } from '../../../providers/text-to-speech.ts';
import { findOrder, shop, shopWith } from './shop.ts';

const slow = (run: () => Promise<string>, options: object = {}) =>
  defineTool({ name: 'slow', description: 'Slow', input: z.object({}), effect: 'read', run, ...options });
const asked = [call('slow'), 'That is all.'];

test('time: a filler is said at its time, and the result does not cut it off', async () => {
  const clock = new TestClock();
  const tool = slow(async () => clock.sleep(1_900).then(() => 'ok'), {
    fillers: [{ afterMs: 800, say: 'One moment.' }],
  });
  const turn = await converse(shopWith([tool]), { model: asked, clock }).say('Go');
  assert.equal(turn.heard, 'One moment. That is all.');
  assert.equal(turn.events.find(({ type }) => type === 'speech.started')?.atMs, 800);
});

test('time: an agent that fills every silence needs no time where model and tools are quick', async () => {
  const agent = shopWith([findOrder], { fillers: [{ afterMs: 2_500, say: 'Let me think.' }] });
  const turn = await converse(agent, { model: [call('find_order', { order_id: '4003' }), 'Fine.'] }).say('Go');
  assert.equal(turn.outcome, 'answered');
  assert.equal(turn.heard, 'Fine.');
  assert.equal(turn.events.find(({ type }) => type === 'speech.started')?.atMs, 0);
});

test('time: a tool that never answers is timed out without waiting', async () => {
  const tool = slow(() => new Promise(() => undefined), { retry: { attempts: 1 } });
  const turn = await converse(shopWith([tool]), { model: asked }).say('Go');
  assert.equal(turn.results[0]?.error?.kind, 'timed_out');
  assert.equal(turn.events.find(({ type }) => type === 'tool.finished')?.atMs, 2_000);
});

test('time: while a tool waits for something real no timeout passes', async () => {
  const tool = slow(async () => delay(60, 'ok'), { timeoutMs: 10, budgetMs: 20 });
  const turn = await converse(shopWith([tool]), { model: asked }).say('Go');
  assert.equal(turn.results[0]?.result, 'ok');
});

test('time: work that takes longer than it may ends the turn as expired', async () => {
  const clock = new TestClock();
  const tool = slow(async () => clock.sleep(3_000).then(() => 'ok'), { timeoutMs: 4_000, budgetMs: 4_000 });
  const agent = shopWith([tool], { deadlineMs: 5_000, apology: 'I am sorry.' });
  const turn = await converse(agent, { model: [call('slow'), ...asked], clock }).say('Go');
  assert.equal(turn.outcome, 'expired');
  assert.equal(turn.heard, 'I am sorry.');
});

test('time: a model that is silent is left for the fallback model', async () => {
  const agent = shopWith([], { fallbackModel: 'second', modelTimeoutMs: 3_000 });
  const talk = converse(agent, {
    model: [{ reply: ({ request }) => ({ text: request.model, afterMs: request.model === 'm' ? 60_000 : 0 }) }],
  });
  const turn = await talk.say('Go');
  assert.equal(turn.heard, 'second');
  assert.equal(turn.events.find(({ type }) => type === 'speech.started')?.atMs, 3_000);
});

test('wait: a cached result expires by the clock of the test', async () => {
  let runs = 0;
  const tool = slow(async () => Promise.resolve(`run ${(runs += 1)}`), { cacheMs: 60_000 });
  const talk = converse(shopWith([tool]), { model: [...asked, ...asked, ...asked] });
  await talk.say('One');
  await talk.wait(30_000);
  assert.equal((await talk.say('Two')).results[0]?.result, 'run 1');
  await talk.wait(60_001);
  assert.equal((await talk.say('Three')).results[0]?.result, 'run 2');
});

test('wait: it moves the clock by so much', async () => {
  const talk = converse(shop, { model: [] });
  const fromMs = talk.nowMs;
  await talk.wait(1_234);
  assert.equal(talk.nowMs - fromMs, 1_234);
});

test('voice: without one nothing takes time', async () => {
  const talk = converse(shop, { model: ['A long answer that takes no time.'], voice: false });
  const turn = await talk.say('Go');
  assert.equal(turn.durationMs, 0);
  assert.equal(turn.heard, 'A long answer that takes no time.');
});

test('greet: a turn without words says the greeting', async () => {
  const turn = await converse(shopWith([], { greeting: 'Good day.' }), { model: [] }).greet();
  assert.equal(turn.heard, 'Good day.');
  assert.equal(turn.said, undefined);
});

test('standIn: it runs in place of the tool, under the same checks', async () => {
  const model = [call('find_order', { order_id: '7' }), 'So it is.'];
  const tools = [standIn(findOrder, ({ order_id }) => ({ status: `lost ${order_id}` }))];
  const turn = await converse(shop, { model, tools }).say('Go');
  assert.deepEqual(turn.results[0]?.result, { status: 'lost 7' });
  const wrong = [standIn(findOrder, () => ({ status: 1 }) as never)];
  const second = await converse(shop, { model, tools: wrong }).say('Go');
  assert.equal(second.results[0]?.error?.kind, 'invalid_result');
});

test('standIn: a tool that the agent does not have is refused', () => {
  const other = slow(async () => Promise.resolve(''));
  assert.throws(
    () => converse(shop, { model: [], tools: [standIn(other, () => '')] }),
    /Agent 'shop' has no tool 'slow' to stand in for; it has find_order, refund/,
  );
});

test('time: a model and a voice of the test itself are waited for in real time', async () => {
  const model: LanguageModel = {
    async *reply() {
      yield await delay(20, { type: 'text', text: 'Hello.' } as const);
    },
  };
  const voice: TextToSpeech = {
    async *speak() {
      yield await delay(20, new Uint8Array(48 * 500));
    },
  };
  const turn = await converse(shopWith([], { modelTimeoutMs: 1_000 }), { model, voice }).say('Hi');
  assert.equal(turn.heard, 'Hello.');
  assert.equal(turn.durationMs, 500);
});

test('time: a model that ignores its signal and never answers fails the turn', async () => {
  const model: LanguageModel = {
    reply: async function* () {
      yield* never();
    },
  };
  const turn = await converse(shopWith([], { apology: 'I am sorry.' }), { model }).say('Hi');
  assert.equal(turn.outcome, 'failed');
  assert.equal(turn.heard, 'I am sorry.');
});

async function* never(): AsyncGenerator<never> {
  await new Promise(() => undefined);
}
