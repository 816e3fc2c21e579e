import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, defineTool } from 'legato';
import { call, converse } from 'legato/testing';
import { z } from 'zod';

type OnDuplicate = 'join' | 'allow' | 'reject';

function createShop(effect: 'read' | 'write', onDuplicate?: OnDuplicate) {
  let runs = 0;
  const rule = onDuplicate && { onDuplicate };
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays', input: z.object({ amount: z.number(), to: z.string() }) },
    ...{ effect, preamble: 'off' as const, ...rule },
    run: () => (runs += 1),
  });
  const options = { name: 'shop', instructions: 'Help.', model: 'm', voice: 'alloy' };
  return { agent: defineAgent({ ...options, tools: [pay] }), runs: () => runs };
}

const once = call('pay', { amount: 7, to: 'Ada' });
const again = call('pay', { to: 'Ada', amount: 7 });
const other = call('pay', { amount: 8, to: 'Ada' });

async function play(effect: 'read' | 'write', onDuplicate?: OnDuplicate) {
  const { agent, runs } = createShop(effect, onDuplicate);
  const talk = converse(agent, { model: [{ calls: [once, again, other] }, 'Done.'] });
  const turn = await talk.say('Pay');
  const finished = turn.events.flatMap((event) => (event.type === 'tool.finished' ? [event.result] : []));
  return { runs: runs(), results: turn.results, finished, turn };
}

test('duplicate calls: a write that is made twice in one reply runs once, and both calls have its result', async () => {
  const { runs, results, finished, turn } = await play('write');
  assert.equal(runs, 2);
  assert.deepEqual(
    results.map(({ result }) => result),
    [1, 1, 2],
  );
  assert.deepEqual(finished.toSorted(), [1, 1, 2]);
  assert.equal(turn.outcome, 'answered');
  assert.equal(turn.heard, 'Done.');
});

test('duplicate calls: a write whose tool allows them runs twice', async () => {
  const { runs, results } = await play('write', 'allow');
  assert.equal(runs, 3);
  assert.ok(results.every(({ ok }) => ok));
});

test('duplicate calls: one whose tool rejects them is settled with an error for the model', async () => {
  const { runs, results } = await play('write', 'reject');
  assert.equal(runs, 2);
  assert.deepEqual(
    results.map(({ error }) => error?.kind),
    [undefined, 'rejected', undefined],
  );
});

test('duplicate calls: a read runs twice, and once where its tool joins them', async () => {
  assert.equal((await play('read')).runs, 3);
  const { runs, results } = await play('read', 'join');
  const [first, second] = results.map(({ result }) => result);
  assert.equal(first, second);
  // The second one had begun while the model still wrote, and is not asked for.
  assert.ok(runs <= 3);
});

test('duplicate calls: three replies with a doubled write do not count as replies with a faulty call', async () => {
  const { agent } = createShop('write');
  const both = { calls: [once, again] };
  const turn = await converse(agent, { model: [both, both, both, both, 'Done.'] }).say('Pay');
  assert.equal(turn.heard, 'Done.');
  assert.ok(turn.results.every(({ ok }) => ok));
});
