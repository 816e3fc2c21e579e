import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenCounts } from '../../../contract/usage.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import { ReplyParser } from '../../../providers/openai/reply-parser.ts';
import { askFor, NEVER, startExchange, textOf } from '../scripted-exchange.ts';

const OPENAI = {
  prompt_tokens: 120,
  prompt_tokens_details: { cached_tokens: 100 },
  completion_tokens: 30,
  completion_tokens_details: { reasoning_tokens: 20 },
};
const hello = { choices: [{ delta: { content: 'Hello.' } }] };
const stop = { choices: [{ delta: {}, finish_reason: 'stop' }] };

const cases: readonly [of: string, payloads: readonly object[], last: TokenCounts | undefined][] = [
  [
    'in a payload of its own after the reason',
    [{ ...hello, usage: null }, stop, { choices: [], usage: OPENAI }],
    { inputTokens: 120, cachedInputTokens: 100, outputTokens: 30, reasoningTokens: 20 },
  ],
  [
    'in every payload, the last of which counts',
    [
      { ...hello, usage: { prompt_tokens: 9, completion_tokens: 1 } },
      { ...stop, usage: { completion_tokens: 2 } },
    ],
    { outputTokens: 2 },
  ],
  ["in a field of the server's own", [hello, { ...stop, x_groq: { usage: { prompt_tokens: 9 } } }], { inputTokens: 9 }],
  [
    'with the hits of its cache beside the prompt',
    [hello, { ...stop, usage: { prompt_tokens: 9, prompt_cache_hit_tokens: 8 } }],
    { inputTokens: 9, cachedInputTokens: 8 },
  ],
  ['with what is no count', [hello, { ...stop, usage: { prompt_tokens: '9', completion_tokens: -1 } }], undefined],
  ['in words', [hello, { ...stop, usage: 'plenty' }], undefined],
];

for (const [of, payloads, last] of cases) {
  test(`usage: a server that says it ${of} is ${last ? 'understood' : 'not'}`, () => {
    const parser = new ReplyParser();
    const chunks = payloads.flatMap((payload) => parser.take(JSON.stringify(payload)));
    assert.deepEqual(chunks.findLast((chunk) => chunk.type === 'usage')?.tokens, last);
    assert.deepEqual([textOf(chunks), parser.end], ['Hello.', 'finished']);
  });
}

test('usage: it is asked of a server, which gives it', async () => {
  await using exchange = await startExchange({ rules: [{ reply: { text: 'It is here.' } }] });
  const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Where?'), NEVER));
  assert.deepEqual(exchange.server.requests.chat.last?.body.stream_options, { include_usage: true });
  assert.equal(chunks.findLast((chunk) => chunk.type === 'usage')?.tokens.outputTokens, 3);
});

test('usage: a server that refuses to be asked for it answers at once without, and is not asked again', async () => {
  await using exchange = await startExchange({ rules: [{ reply: { text: 'It is here.' } }] });
  exchange.server.script.refuses = [{ parameter: 'stream_options' }];
  const refused: string[] = [];
  const model = createOpenAIModel(exchange.client, { onRefused: (_, parameter) => void refused.push(parameter) });
  for (const text of ['Where?', 'And now?']) {
    const chunks = await Array.fromAsync(model.reply(askFor(text), NEVER));
    assert.equal(textOf(chunks), 'It is here.');
    assert.ok(chunks.every(({ type }) => type !== 'usage'));
  }
  assert.deepEqual(refused, ['stream_options']);
  assert.ok(exchange.server.requests.chat.all.every(({ body }) => !('stream_options' in body)));
});
