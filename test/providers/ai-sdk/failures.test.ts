import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createAiSdkModel } from '../../../providers/ai-sdk/model.ts';
import type { ProviderFailure } from '../../../providers/failure.ts';
import type { Failure } from '../../../providers/scripted/failure-plan.ts';
import { API_KEY, askFor, failureOf, NEVER } from '../scripted-exchange.ts';
import { CLAUDE, packageNames, packages, type SdkExchange, startSdkExchange } from './sdk-exchange.ts';

const CALLERS_WORDS = 'my card number is 4242';
const RULES = [{ reply: { text: 'Your order is on its way to you.' } }];

function ask({ model }: Pick<SdkExchange, 'model'>): Promise<ProviderFailure> {
  return failureOf(model.reply(askFor(CALLERS_WORDS), NEVER));
}

const STATUSES: readonly [status: number, retryable: boolean, advice: RegExp][] = [
  [400, false, /check the model's name/],
  [401, false, /check the API key of the provider/],
  [403, false, /check what the API key of the provider may use/],
  [404, false, /check the model's name and the address/],
  [429, true, /try again later/],
  [500, true, /try again later/],
  [529, true, /try again later/],
];

for (const name of packageNames) {
  const { endpoint } = packages[name];

  test(`AI SDK failure: a status over ${name} says provider, model, status and what to do`, async () => {
    await using exchange = await startSdkExchange(name, { rules: RULES });
    const { provider, modelId } = exchange.object;
    for (const [status, retryable, advice] of STATUSES) {
      exchange.server.failNext({ endpoint, kind: 'status', status });
      const failure = await ask(exchange);
      assert.deepEqual([failure.status, failure.retryable], [status, retryable], failure.message);
      assert.ok(
        failure.message.startsWith(`Cannot get a reply from model '${modelId}' of '${provider}': status ${status}`),
      );
      assert.match(failure.message, advice);
    }
    assert.equal(exchange.server.requests[endpoint].all.length, STATUSES.length);
  });

  test(`AI SDK failure: a server over ${name} that says when to ask again is believed`, async () => {
    await using exchange = await startSdkExchange(name, { rules: RULES });
    exchange.server.failNext({ endpoint, kind: 'status', status: 529, headers: { 'retry-after': '2' } });
    assert.equal((await ask(exchange)).retryAfterMs, 2_000);
    exchange.server.failNext({ endpoint, kind: 'status', status: 429, headers: { 'retry-after-ms': '300' } });
    assert.equal((await ask(exchange)).retryAfterMs, 300);
  });

  test(`AI SDK failure: a failure over ${name} holds neither the key nor the caller's words, nor does its cause`, async () => {
    await using exchange = await startSdkExchange(name, { rules: RULES });
    const failures: Failure[] = [
      { kind: 'status', status: 401 },
      { kind: 'status', status: 500 },
      { kind: 'error_event', afterTokens: 1 },
      { kind: 'error_event' },
      { kind: 'broken_stream', afterTokens: 2 },
      { kind: 'broken_stream' },
      { kind: 'garbage', afterTokens: 1 },
    ];
    for (const failure of failures) {
      exchange.server.failNext({ endpoint, ...failure });
      const shown = inspect(await ask(exchange), { depth: 10, showHidden: true });
      assert.ok(!shown.includes(API_KEY) && !shown.includes(CALLERS_WORDS), shown);
    }
  });

  for (const kind of ['broken_stream', 'cut_short', 'garbage'] as const) {
    test(`AI SDK failure: a stream over ${name} that ends as ${kind} is worth another try`, async () => {
      await using exchange = await startSdkExchange(name, { rules: RULES });
      exchange.server.failNext({ endpoint, kind, afterTokens: 3 });
      const failure = await ask(exchange);
      assert.deepEqual([failure.retryable, failure.status], [true, undefined]);
    });
  }

  test(`AI SDK failure: a server over ${name} that is sent more than it takes is known by its words, which stay out`, async () => {
    await using exchange = await startSdkExchange(name, { rules: RULES });
    exchange.server.script.refuses = [{ maxCharacters: 5 }];
    const failure = await ask(exchange);
    assert.deepEqual([failure.status, failure.refused, failure.isTooLong], [400, true, true]);
    assert.doesNotMatch(failure.message, /maximum context/);
    exchange.server.script.refuses = [{ words: 'card' }];
    const { refused, isTooLong } = await ask(exchange);
    assert.deepEqual([refused, isTooLong], [true, false]);
  });

  test(`AI SDK failure: what the content filter stopped over ${name} is not asked for again`, async () => {
    await using exchange = await startSdkExchange(name, {
      rules: [{ reply: { text: 'Well', finishReason: 'content_filter' } }],
    });
    const failure = await ask(exchange);
    assert.equal(failure.retryable, false);
    assert.match(failure.message, /content filter withheld it/);
  });
}

for (const name of ['the Messages wire', 'the Messages wire, by version 3'] as const) {
  for (const afterTokens of [0, 3]) {
    test(`AI SDK failure: 'overloaded_error' over ${name} after ${afterTokens} tokens counts as status 529`, async () => {
      await using exchange = await startSdkExchange(name, { rules: RULES });
      exchange.server.failNext({ endpoint: 'messages', kind: 'error_event', code: 'overloaded_error', afterTokens });
      const failure = await ask(exchange);
      assert.deepEqual([failure.status, failure.retryable], [529, true]);
      assert.match(failure.message, /status 529, code 'overloaded_error'; try again later/);
    });
  }
}

test('AI SDK failure: an account that has used up its quota is not asked again', async () => {
  await using exchange = await startSdkExchange('the Responses wire', { rules: RULES });
  exchange.server.failNext({ endpoint: 'responses', kind: 'status', status: 429, code: 'insufficient_quota' });
  const failure = await ask(exchange);
  assert.equal(failure.retryable, false);
  assert.match(failure.message, /check the plan of the account/);
});

test('AI SDK failure: a server that cannot be reached is worth another try, and names the system error', async () => {
  const exchange = await startSdkExchange('the Messages wire');
  await exchange.server.stop();
  const failure = await ask(exchange);
  assert.equal(failure.retryable, true);
  assert.match(failure.message, /the connection failed, 'ECONNREFUSED'; check the address/);
  assert.ok(!inspect(failure, { depth: 10, showHidden: true }).includes(CALLERS_WORDS));
});

test('AI SDK failure: a missing key names its variable', async (context) => {
  const before = process.env['ANTHROPIC_API_KEY'];
  delete process.env['ANTHROPIC_API_KEY'];
  context.after(() => {
    if (before !== undefined) process.env['ANTHROPIC_API_KEY'] = before;
  });
  const failure = await ask({ model: createAiSdkModel(createAnthropic()(CLAUDE)) });
  assert.equal(failure.retryable, false);
  assert.match(failure.message, /there is no API key; set ANTHROPIC_API_KEY/);
});
