import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent } from 'legato';
import { converse } from 'legato/testing';
import type { Item } from '../../../contract/items.ts';
import type { LanguageModel, ModelRequest } from '../../../providers/model.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import type { Refusal } from '../../../providers/scripted/wire/refusals.ts';
import { startExchange } from '../../providers/scripted-exchange.ts';

/** Turns with a server that refuses some of what it is sent: what it was sent in each of them, refused or not. */
async function startTalk({ refuses, history = [] }: { refuses: readonly Refusal[]; history?: readonly Item[] }) {
  const exchange = await startExchange({ rules: [{ reply: { text: 'Well.' } }] });
  exchange.server.script.refuses = refuses;
  const wire = createOpenAIModel(exchange.client);
  let sent: ModelRequest[] = [];
  const model: LanguageModel = {
    reply(request, signal) {
      sent.push(request);
      return wire.reply(request, signal);
    },
  };
  const agent = defineAgent({ name: 'shop', instructions: 'Help.', model: 'm', voice: 'alloy', apology: 'Sorry.' });
  const talk = converse(agent, { model, history });
  const say = async (words: string) => {
    sent = [];
    const { outcome } = await talk.say(words);
    return { outcome, asked: sent.map(wordsIn) };
  };
  return { exchange, say };
}

function wordsIn({ messages }: ModelRequest): string {
  return messages.flatMap(({ role, text }) => (role === 'user' ? [text] : [])).join(' ');
}

const said = (...words: string[]): Item[] =>
  words.flatMap((text, index): Item[] => [
    { type: 'user', text },
    { type: 'speech', speech: '1-1', kind: 'answer', text: `Yes ${index}.`, heardText: `Yes ${index}.` },
  ]);

test('shown history: a turn that a model refuses is left out, and the rest of the conversation is not', async () => {
  const { exchange, say } = await startTalk({ refuses: [{ words: 'dreadful' }] });
  await using _ = exchange;
  await say('one');
  await say('two');
  assert.equal((await say('dreadful')).outcome, 'failed');
  assert.deepEqual(await say('three'), {
    outcome: 'answered',
    asked: ['one two dreadful three', 'one two three'],
  });
  assert.deepEqual(await say('four'), { outcome: 'answered', asked: ['one two three four'] });
});

test('shown history: what is refused is found in a conversation that this process did not see, and the rest is shown again', async () => {
  const history = said('one', 'two', 'dreadful', 'four', 'five', 'six', 'seven', 'eight');
  const { exchange, say } = await startTalk({ refuses: [{ words: 'dreadful' }], history });
  await using _ = exchange;
  const counts: number[] = [];
  const outcomes = new Set<string>();
  let last = '';
  for (const words of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    const { outcome, asked } = await say(words);
    counts.push(asked.length);
    outcomes.add(outcome);
    last = asked.at(-1) ?? '';
  }
  assert.deepEqual([...outcomes], ['answered']);
  assert.equal(last, 'one two four five six seven eight a b c d e f g');
  assert.deepEqual(counts, [3, 1, 2, 1, 1, 1, 1]);
});

test('shown history: of a conversation that is too long the older half is left out, and not sent in each turn', async () => {
  const { exchange, say } = await startTalk({ refuses: [{ maxCharacters: 150 }] });
  await using _ = exchange;
  const counts: number[] = [];
  let last = '';
  for (let turn = 1; turn <= 24; turn += 1) {
    const { outcome, asked } = await say(`number ${turn}`);
    assert.equal(outcome, 'answered');
    counts.push(asked.length);
    last = asked.at(-1) ?? '';
  }
  assert.ok(counts.filter((count) => count > 1).length <= 5, counts.join(' '));
  assert.ok(Math.max(...counts) === 2, counts.join(' '));
  assert.match(last, /number 21 number 22 number 23 number 24$/);
});

test('shown history: where this turn is what is refused, nothing is left out of the next one', async () => {
  const { exchange, say } = await startTalk({ refuses: [{ words: 'dreadful' }], history: said('one', 'two') });
  await using _ = exchange;
  assert.equal((await say('dreadful')).outcome, 'failed');
  exchange.server.script.refuses = [];
  assert.deepEqual((await say('three')).asked, ['one two dreadful three']);
});

test('shown history: a model that refuses earlier turns again and again is not shown them any more', async () => {
  const history = said(...Array.from({ length: 16 }, (_, index) => `dreadful ${index}`));
  const { exchange, say } = await startTalk({ refuses: [{ words: 'dreadful' }], history });
  await using _ = exchange;
  const counts: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) counts.push((await say('and')).asked.length);
  assert.deepEqual(counts, [3, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
});
