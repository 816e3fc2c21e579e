import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { ProviderFailure } from '../../../providers/failure.ts';
import type { ModelChunk } from '../../../providers/model.ts';
import { createOpenAIClient } from '../../../providers/openai/client.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import { createOpenAISpeech } from '../../../providers/openai/speech.ts';
import type { Endpoint, Failure } from '../../../providers/scripted/failure-plan.ts';
import { API_KEY, askFor, type Exchange, failureOf, NEVER, startExchange, textOf } from '../scripted-exchange.ts';

const CALLERS_WORDS = 'my card number is 4242';
const REPLY = { text: 'Your order is on its way to you.' };

async function failOnce(exchange: Exchange, endpoint: Endpoint, failure: Failure): Promise<ProviderFailure> {
  exchange.server.failNext({ endpoint, ...failure });
  return failureOf(
    endpoint === 'chat'
      ? createOpenAIModel(exchange.client).reply(askFor(CALLERS_WORDS), NEVER)
      : createOpenAISpeech(exchange.client).speak({ text: CALLERS_WORDS, voice: 'alloy' }, NEVER),
  );
}

const CHECKS = { chat: /check the model's name/, speech: /check the agent's 'voice' and LEGATO_VOICE_MODEL/ } as const;
const STATUSES: readonly [status: number, retryable: boolean, advice: RegExp | typeof CHECKS][] = [
  [400, false, CHECKS],
  [401, false, /code 'invalid_api_key'; check OPENAI_API_KEY/],
  [403, false, /check what the key of OPENAI_API_KEY may use/],
  [404, false, CHECKS],
  [404, false, /OPENAI_BASE_URL/],
  [408, true, /try again/],
  [409, true, /try again/],
  [418, false, /check what OPENAI_BASE_URL names/],
  [429, true, /try again later/],
  [500, true, /try again later/],
  [503, true, /try again later/],
];

for (const endpoint of ['chat', 'speech'] as const) {
  test(`provider failure: a status from the ${endpoint} endpoint says whether to try again, and what to do`, async () => {
    await using exchange = await startExchange();
    const host = new URL(exchange.server.url).host;
    for (const [status, retryable, advice] of STATUSES) {
      const failure = await failOnce(exchange, endpoint, { kind: 'status', status });
      assert.equal(failure.status, status);
      assert.equal(failure.retryable, retryable, `status ${status}`);
      const { message } = failure;
      if (endpoint === 'chat') assert.doesNotMatch(message, /LEGATO_VOICE_/);
      else if (/OPENAI_/.test(message)) assert.match(message, /LEGATO_VOICE_(\w+) or OPENAI_\1/);
      assert.match(
        message.replaceAll(/LEGATO_VOICE_\w+ or /g, ''),
        advice instanceof RegExp ? advice : advice[endpoint],
      );
      assert.ok(failure.message.includes(`at '${host}': status ${status}`), failure.message);
    }
  });

  test(`provider failure: a ${endpoint} request that failed is not repeated by the SDK`, async () => {
    await using exchange = await startExchange();
    await failOnce(exchange, endpoint, { kind: 'status', status: 503 });
    assert.equal(exchange.server.requests[endpoint].all.length, 1);
  });

  test(`provider failure: from the ${endpoint} endpoint it holds neither the key nor the caller's words, nor does its cause`, async () => {
    await using exchange = await startExchange();
    const failures: Failure[] = [
      { kind: 'status', status: 401 },
      { kind: 'status', status: 500 },
      { kind: 'broken_stream' },
      { kind: 'garbage' },
    ];
    for (const failure of failures) {
      const shown = inspect(await failOnce(exchange, endpoint, failure), { depth: 10, showHidden: true });
      assert.ok(!shown.includes(API_KEY) && !shown.includes(CALLERS_WORDS), shown);
    }
  });

  for (const kind of ['broken_stream', 'garbage'] as const) {
    test(`provider failure: ${kind} from the ${endpoint} endpoint is worth another try`, async () => {
      await using exchange = await startExchange();
      const failure = await failOnce(exchange, endpoint, { kind });
      assert.equal(failure.retryable, true);
      assert.equal(failure.status, undefined);
    });
  }
}

for (const kind of ['broken_stream', 'cut_short', 'garbage'] as const) {
  test(`provider failure: a reply with ${kind} in the middle fails after the words that came`, async () => {
    await using exchange = await startExchange({ rules: [{ reply: REPLY, failure: { kind, afterTokens: 3 } }] });
    const chunks: ModelChunk[] = [];
    const reply = createOpenAIModel(exchange.client).reply(askFor('Where?'), NEVER);
    const failure = await failureOf(collect(reply, chunks));
    assert.equal(failure.retryable, true);
    assert.equal(textOf(chunks), 'Your order is');
  });
}

async function* collect<T>(parts: AsyncIterable<T>, into: T[]): AsyncGenerator<void> {
  for await (const part of parts) into.push(part);
  yield;
}

test('provider failure: speech that breaks off after some audio fails', async () => {
  await using exchange = await startExchange();
  const failure = await failOnce(exchange, 'speech', { kind: 'broken_stream', afterTokens: 2 });
  assert.equal(failure.retryable, true);
  assert.match(failure.message, /^Cannot get speech from model 'gpt-4o-mini-tts' with voice 'alloy' at /);
});

test('provider failure: a reply that the content filter stopped is not asked for again', async () => {
  const rules = [{ reply: { text: 'Well', finishReason: 'content_filter' as const } }];
  await using exchange = await startExchange({ rules });
  const failure = await failureOf(createOpenAIModel(exchange.client).reply(askFor('Hm'), NEVER));
  assert.equal(failure.retryable, false);
  assert.match(failure.message, /content filter/);
});

test('provider failure: a server that nobody runs is named, and worth another try', async () => {
  const unused = createServer().listen(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address() as AddressInfo;
  unused.close();
  await once(unused, 'close');
  const client = createOpenAIClient({ apiKey: API_KEY, baseURL: `http://127.0.0.1:${port}/v1` });
  const failure = await failureOf(createOpenAIModel(client).reply(askFor('Hello'), NEVER));
  assert.equal(failure.retryable, true);
  assert.equal(
    failure.message,
    `Cannot get a reply from model 'scripted' at '127.0.0.1:${port}': the connection failed, 'ECONNREFUSED'; check OPENAI_BASE_URL and the network`,
  );
});

test('provider failure: the request after a failed one succeeds', async () => {
  await using exchange = await startExchange({ rules: [{ reply: REPLY }] });
  await failOnce(exchange, 'chat', { kind: 'broken_stream', afterTokens: 1 });
  const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Again'), NEVER));
  assert.equal(textOf(chunks), REPLY.text);
});
