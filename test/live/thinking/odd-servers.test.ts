import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, defineTool } from 'legato';
import { converse } from 'legato/testing';
import { z } from 'zod';
import { createOpenAIModel, type OpenAIModelOptions } from '../../../providers/openai/model.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import type { Refusal } from '../../../providers/scripted/wire/refusals.ts';
import * as dialects from '../../../providers/scripted/wire/dialects.ts';
import { startExchange } from '../../providers/scripted-exchange.ts';

type Agent = Partial<Parameters<typeof defineAgent>[0]>;

interface Setting {
  readonly rules: readonly ScriptRule[];
  readonly refuses?: readonly Refusal[];
  readonly agent?: Agent;
  readonly result?: unknown;
  readonly onRefused?: OpenAIModelOptions['onRefused'];
}

/** Whole turns with a server of the wire: what was said, and how often a write ran. */
async function startTalk({ rules, refuses = [], agent: more, result = 'done', onRefused }: Setting) {
  const exchange = await startExchange({ rules });
  exchange.server.script.refuses = refuses;
  let runs = 0;
  const run = (): unknown => {
    runs += 1;
    return result;
  };
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays', input: z.object({ amount: z.number() }), preamble: 'off' as const },
    ...{ effect: 'write' as const, run: run as () => string },
  });
  const agent = defineAgent({ name: 'shop', instructions: 'Help.', model: 'm', voice: 'alloy', tools: [pay], ...more });
  const model = createOpenAIModel(exchange.client, onRefused && { onRefused });
  const asked = () => exchange.server.requests.chat.all.map(({ body }) => body);
  return { exchange, talk: converse(agent, { model }), runs: () => runs, asked };
}

const call = { name: 'pay', arguments: { amount: 7 } };
const answer = { when: { afterTool: true }, reply: { text: 'It is paid.' } };

for (const [of, dialect] of [
  ['ends with [DONE] and no reason', dialects.withoutReason],
  ['has an empty reason in each event', dialects.emptyReasons],
  ['stays open after its reason', dialects.openAfterReason],
  ['numbers calls from 1, with empty arguments before the real ones', dialects.emptyArgumentsFirst],
] as const) {
  test(`odd server: where a reply ${of}, a write runs once and the answer is said once`, async () => {
    const { exchange, talk, runs, asked } = await startTalk({
      rules: [
        { ...answer, dialect },
        { reply: { calls: [call] }, dialect },
      ],
    });
    await using _ = exchange;
    const turn = await talk.say('Pay');
    assert.equal(turn.heard, 'It is paid.');
    assert.deepEqual([runs(), asked().length, turn.outcome], [1, 2, 'answered']);
    assert.deepEqual(turn.calls[0]?.arguments, { amount: 7 });
  });
}

test('odd server: a write that is streamed twice runs once', async () => {
  const { exchange, talk, runs } = await startTalk({ rules: [answer, { reply: { calls: [call, call] } }] });
  await using _ = exchange;
  const turn = await talk.say('Pay');
  assert.equal(runs(), 1);
  assert.deepEqual(
    turn.results.map(({ ok, result }) => [ok, result]),
    [
      [true, 'done'],
      [true, 'done'],
    ],
  );
});

test('odd server: thoughts in the words are not said, and a call in them is told to the model', async () => {
  const leaked = { text: '<think>Hm.</think>One moment. <function=pay>{"amount":7}</function>' };
  const { exchange, talk, runs, asked } = await startTalk({ rules: [answer, { reply: leaked }] });
  await using _ = exchange;
  const turn = await talk.say('Pay');
  assert.equal(turn.heard, 'One moment. It is paid.');
  assert.equal(runs(), 0);
  assert.equal(turn.results[0]?.error?.kind, 'invalid_arguments');
  assert.match(String(asked()[1]?.messages.at(-1)?.content), /written as text/);
});

const ALL: readonly Refusal[] = ['other_ids', 'order', 'half_characters', 'bad_arguments'];

test('odd server: one that is strict about messages takes a conversation with all that is odd in it', async () => {
  const rules: ScriptRule[] = [
    { when: { afterTool: true }, reply: { text: 'Done.' } },
    { when: { user: 'badly' }, reply: { calls: [{ name: 'pay', arguments: '{"amount": 7' }] } },
    { when: { user: 'pay' }, reply: { text: 'One moment.', calls: [call, call] } },
    { reply: { text: 'Hello.' } },
  ];
  const result = { note: 'half \ud83d', '\ud83d': 1 };
  const { exchange, talk, asked } = await startTalk({ rules, refuses: ALL, result, agent: { greeting: 'Welcome.' } });
  await using _ = exchange;
  await talk.greet();
  const outcomes = [];
  for (const words of ['Pay', 'Pay badly', 'half \ud83d', 'And now?']) {
    outcomes.push((await talk.say(words, { context: 'Facts.' })).outcome);
  }
  assert.deepEqual(outcomes, ['answered', 'answered', 'answered', 'answered']);
  assert.equal(asked().length, 6);
});

test('odd server: one that is strict about messages is asked to go on after a break', async () => {
  const rules = [{ reply: { text: 'Hello there. How can I help?' } }];
  const { exchange, talk, asked } = await startTalk({ rules, refuses: ALL });
  await using _ = exchange;
  exchange.server.failNext({ endpoint: 'chat', kind: 'broken_stream', afterTokens: 3 });
  assert.equal((await talk.say('Hi')).outcome, 'answered');
  assert.deepEqual(
    asked()[1]?.messages.map(({ role }) => role),
    ['system', 'user', 'assistant', 'user'],
  );
});

test('odd server: a refused parameter is left out, once for each model, and told', async () => {
  const refused: string[] = [];
  const { exchange, talk, asked } = await startTalk({
    rules: [{ reply: { text: 'Hello.' } }],
    refuses: [{ parameter: 'temperature' }, { parameter: 'max_completion_tokens' }],
    agent: { temperature: 0.2, maxTokens: 100 },
    onRefused: (model, parameter) => void refused.push(`${model} ${parameter}`),
  });
  await using _ = exchange;
  assert.equal((await talk.say('Hi')).heard, 'Hello.');
  assert.equal((await talk.say('Hi')).heard, 'Hello.');
  assert.deepEqual(refused, ['m temperature', 'm max_completion_tokens']);
  assert.deepEqual(
    asked().map((body) => ['temperature' in body, Reflect.get(body, 'max_tokens') as unknown]),
    [
      [false, 100],
      [false, 100],
    ],
  );
});

test('odd server: a refusal of what the model wrote is tried once more', async () => {
  const { exchange, talk } = await startTalk({ rules: [{ reply: { text: 'Hello.' } }] });
  await using _ = exchange;
  exchange.server.failNext({ endpoint: 'chat', kind: 'status', status: 400, code: 'tool_use_failed' });
  assert.equal((await talk.say('Hi')).heard, 'Hello.');
});

test('odd server: words that it refuses cost their own turn, and not the conversation', async () => {
  const { exchange, talk, asked } = await startTalk({
    rules: [{ reply: { text: 'Hello.' } }],
    refuses: [{ words: 'dreadful' }],
  });
  await using _ = exchange;
  assert.equal((await talk.say('Hi')).outcome, 'answered');
  assert.equal((await talk.say('A dreadful thing')).outcome, 'failed');
  const turn = await talk.say('Something else');
  assert.deepEqual([turn.outcome, turn.heard], ['answered', 'Hello.']);
  assert.deepEqual(
    asked().map(({ messages }) => messages.length),
    [2, 4],
  );
});
