import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { converse, judge, JudgeError } from 'legato/testing';
import { startScriptedServer } from '../../../providers/scripted/server.ts';
import type { LanguageModel, ModelChunk, ModelRequest } from '../../../providers/model.ts';
import { shop } from '../talk/shop.ts';

const talk = converse(shop, { model: ['I cannot look it up. Shall I call you back?'] });
await talk.say('Where is my order?');

function judgeThat(writes: (request: ModelRequest) => readonly ModelChunk[]): LanguageModel {
  return {
    async *reply(request) {
      yield* await Promise.resolve(writes(request));
    },
  };
}
const verdictOf = (verdict: object): readonly ModelChunk[] => [
  { type: 'call', index: 0, name: 'verdict', arguments: JSON.stringify(verdict) },
];

test('judge: a model on the OpenAI wire gives the verdict and its reason', async () => {
  const verdict = { passed: true, reason: "It says 'Shall I call you back?'." };
  await using server = await startScriptedServer({
    speech: 'tone',
    rules: [{ when: { user: 'offers another way' }, reply: { calls: [{ name: 'verdict', arguments: verdict }] } }],
  });
  const model = { model: 'judge-model', apiKey: 'none', baseURL: server.url };
  assert.deepEqual(await judge(talk, 'offers another way', { model }), verdict);
});

test('judge: a language model of an AI SDK provider gives the verdict, and plays the agent in a talk', async () => {
  const verdict = { passed: true, reason: "It says 'Good morning'." };
  await using server = await startScriptedServer({
    speech: 'tone',
    rules: [
      { when: { user: 'greets the caller' }, reply: { calls: [{ name: 'verdict', arguments: verdict }] } },
      { reply: { text: 'Good morning.' } },
    ],
  });
  const model = createAnthropic({ apiKey: 'none', baseURL: server.url })('claude-sonnet-4-5');
  const judged = converse(shop, { model, judge: model });
  assert.equal((await judged.say('Hello')).heard, 'Good morning.');
  assert.deepEqual(await judge(judged, 'greets the caller'), verdict);
  assert.equal(server.requests.messages.all.length, 2);
});

test('judge: it is shown the transcript and the criterion, for a talk by the judge that it was given', async () => {
  let shown = '';
  const model = judgeThat(({ messages }) => {
    shown = messages.at(-1)?.text ?? '';
    return verdictOf({ passed: false, reason: 'No.' });
  });
  const judged = converse(shop, { model: ['Hello there.'], judge: model });
  judged.bargeIn({ afterMs: 400 });
  await judged.say('Hi');
  assert.deepEqual(await judge(judged, 'says its name'), { passed: false, reason: 'No.' });
  assert.equal(
    shown,
    'Criterion: the agent says its name\n\nTranscript:\nCaller: Hi\nAgent (cut off by the caller): Hello',
  );
});

test('judge: one turn can be judged, and a verdict in words counts', async () => {
  const model = judgeThat(() => [{ type: 'text', text: '{"passed":true,"reason":"Yes."}' }]);
  assert.equal((await judge(talk.last, 'is friendly', { model })).passed, true);
});

const FAULTS: readonly [what: string, options: Parameters<typeof judge>[2], message: RegExp][] = [
  ['no model is named', {}, /^Cannot judge whether the agent 'is kind': no model is named; give one as 'model'/],
  [
    'the model writes something else',
    { model: judgeThat(() => [{ type: 'text', text: 'Well' }]) },
    /the model gave no verdict; it wrote 'Well'/,
  ],
  [
    'the verdict has no reason',
    { model: judgeThat(() => verdictOf({ passed: true })) },
    /no verdict; it wrote '{"passed":true}'/,
  ],
  [
    'there is no server',
    { model: { model: 'm', apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1' } },
    /^Cannot judge whether the agent 'is kind': /,
  ],
  [
    'the model does not answer in time',

    {
      model: {
        reply: async function* () {
          await new Promise(() => undefined);
        },
      },
      timeoutMs: 5,
    },
    /there was no verdict within 5 ms/,
  ],
];
for (const [what, options, message] of FAULTS) {
  test(`judge: where ${what} it says so`, async () => {
    await assert.rejects(judge(talk, 'is kind', options), (error: Error) => {
      assert.match(error.message, message);
      return error instanceof JudgeError;
    });
  });
}
