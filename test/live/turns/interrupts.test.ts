import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { limits } from '../../../contract/http.ts';
import type { LanguageModel } from '../../../providers/model.ts';
import { playAtHome } from '../home-turn.ts';

const IDS = limits.interruptIds;

/** A turn whose call goes on through every barge-in, so that each of them cuts it. */
async function blockTurn() {
  const held = Promise.withResolvers<null>();
  const hold = defineTool({
    ...{ name: 'hold', description: 'Holds', input: z.object({}), effect: 'read', preamble: 'off' },
    onBargeIn: 'block',
    run: () => held.promise,
  });
  const model: LanguageModel = {
    async *reply() {
      await Promise.resolve();
      yield { type: 'call', index: 0, name: 'hold', arguments: '{}' };
    },
  };
  const home = playAtHome({ agent: { tools: [hold] }, model });
  await home.until(() => home.turn.course.begun.size > 0);
  return home;
}

test('interrupts: ids that cut nothing make room for others, however many come, and the turn can be cut all the same', async () => {
  await using home = await blockTurn();
  const { turn } = home;
  for (let count = 1; count <= 2 * IDS; count += 1) turn.interrupt({ id: `late-${count}`, speech: '0-1' });
  assert.notEqual(turn.interrupt({ id: 'stop' }).bargeIn, undefined);
});

test('interrupts: a repeat of one that has cut is told the same, however many came after it', async () => {
  await using home = await blockTurn();
  const { turn } = home;
  const first = turn.interrupt({ id: 'stop' });
  for (let count = 1; count <= 2 * IDS; count += 1) turn.interrupt({ id: `late-${count}`, speech: '0-1' });
  assert.equal(turn.interrupt({ id: 'stop' }), first);
  assert.equal(turn.bargeIn?.number, 1);
});

test('interrupts: a turn is cut a hundred times at most; one more changes nothing and is told what is true', async () => {
  await using home = await blockTurn();
  const { turn } = home;
  for (let count = 1; count <= IDS; count += 1) turn.interrupt({ id: `stop-${count}` });
  assert.equal(turn.bargeIn?.number, IDS);
  const { answer, bargeIn } = turn.interrupt({ id: 'more' });
  assert.deepEqual([answer.interrupted, bargeIn], [true, undefined]);
  assert.equal(turn.bargeIn.number, IDS);
});
