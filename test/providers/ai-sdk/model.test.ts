import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import type { ModelMessage } from '../../../providers/model.ts';
import { API_KEY, askFor, callsOf, NEVER, startExchange, textOf } from '../scripted-exchange.ts';
import { createAiSdkModel } from '../../../providers/ai-sdk/model.ts';
import { CLAUDE, lookUp, packageNames, packages, read, startSdkExchange, toHistory } from './sdk-exchange.ts';

const TWO_CALLS = [
  { name: 'look_up', arguments: { id: '4001' } },
  { name: 'look_up', arguments: { id: '4002' } },
];

for (const name of packageNames) {
  const { endpoint } = packages[name];

  test(`AI SDK model: over ${name} words come as they are written, and then what they came to`, async () => {
    await using exchange = await startSdkExchange(name, { rules: [{ reply: { text: 'Your order is here.' } }] });
    const chunks = await read(exchange.model, askFor('Hello'));
    assert.equal(textOf(chunks), 'Your order is here.');
    assert.equal(chunks.filter(({ type }) => type === 'text').length, 4);
    const usage = chunks.find((chunk) => chunk.type === 'usage')?.tokens;
    assert.ok(usage?.inputTokens !== undefined && usage.inputTokens > 0 && usage.outputTokens === 4);
    assert.equal(exchange.server.requests[endpoint].last?.apiKey, API_KEY);
  });

  test(`AI SDK model: over ${name} parallel calls come in pieces, and their results go back`, async () => {
    const rules = [
      { when: { afterTool: 'look_up' }, reply: { text: 'Both are on their way.' } },
      { reply: { text: 'One moment.', calls: TWO_CALLS } },
    ];
    await using exchange = await startSdkExchange(name, { rules });
    const request = askFor('Where are they?', { tools: [lookUp] });
    const chunks = await read(exchange.model, request);
    assert.deepEqual(
      callsOf(chunks),
      TWO_CALLS.map((call) => ({ name: call.name, arguments: JSON.stringify(call.arguments) })),
    );
    assert.ok(chunks.filter((chunk) => chunk.type === 'call' && chunk.arguments !== '').length > 4);
    const messages = [...request.messages, ...toHistory(exchange.model, chunks, 'One moment.')];
    assert.equal(textOf(await read(exchange.model, { ...request, messages })), 'Both are on their way.');
  });

  test(`AI SDK model: over ${name} thoughts are signs of life and go back as they came`, async () => {
    const thought = 'The order number is there. So I look it up.';
    const [call] = TWO_CALLS;
    const rules = [
      { when: { afterTool: 'look_up' }, reply: { text: 'It is on its way.' } },
      { reply: { thought, calls: call ? [call] : [] } },
    ];
    const exchange = await startExchange({ rules });
    await using _ = exchange;
    const baseURL = exchange.server.url;
    const object =
      endpoint === 'messages' ? thinking(packages[name].objectAt(baseURL)) : packages[name].objectAt(baseURL);
    const model = createAiSdkModel(object);
    const request = askFor('Where is 4001?', { tools: [lookUp] });
    const chunks = await read(model, request);
    assert.ok(chunks.filter(({ type }) => type === 'thought').length >= 9);
    assert.ok(!textOf(chunks).includes('order number'));
    const messages = [...request.messages, ...toHistory(model, chunks)];
    assert.equal(textOf(await read(model, { ...request, messages })), 'It is on its way.');
    assert.match(JSON.stringify(exchange.server.requests[endpoint].last?.body), /"type":"(thinking|item_reference)"/);
  });

  test(`AI SDK model: over ${name} a reply that is given up in mid-stream closes its connection`, async () => {
    await using exchange = await startSdkExchange(name, { rules: [{ reply: { text: 'One two three four.' } }] });
    const release = exchange.server.holdNext({ endpoint, afterTokens: 2 });
    const abort = new AbortController();
    const reason = new Error('The caller spoke');
    const asked = exchange.model.reply(askFor('Hello'), abort.signal);
    await assert.rejects(
      async () => {
        for await (const { type } of asked) if (type === 'text') abort.abort(reason);
      },
      (error) => error === reason,
    );
    assert.equal(await exchange.server.requests[endpoint].last?.closed, 'aborted');
    release();
  });
}

/** With thinking, by the options of the package: version 3 of the interface has no word for it. */
function thinking(object: ReturnType<(typeof packages)['the Messages wire']['objectAt']>) {
  const providerOptions = { anthropic: { thinking: { type: 'enabled', budgetTokens: 1_024 } } };
  return {
    ...{ specificationVersion: object.specificationVersion, provider: object.provider, modelId: object.modelId },
    doStream: (options: Parameters<typeof object.doStream>[0]) =>
      object.doStream({ ...options, ...{ providerOptions } }),
  };
}

test('AI SDK model: how long the model may think is passed on', async () => {
  await using exchange = await startSdkExchange('the Messages wire', {
    rules: [{ reply: { thought: 'Hm. Yes.', text: 'Yes.' } }],
  });
  const chunks = await read(exchange.model, askFor('Is it so?', { reasoningEffort: 'low' }));
  assert.equal(textOf(chunks), 'Yes.');
  assert.equal(exchange.server.requests.messages.last?.body.thinking?.type, 'enabled');
  assert.equal(chunks.find((chunk) => chunk.type === 'usage')?.tokens.reasoningTokens, 2);
});

test('AI SDK model: a barge-in in the middle of a thought ends the reply and its connection', async () => {
  await using exchange = await startSdkExchange('the Messages wire', {
    rules: [{ reply: { thought: 'One two three four five.', text: 'Yes.' } }],
  });
  const release = exchange.server.holdNext({ endpoint: 'messages', afterTokens: 2 });
  const abort = new AbortController();
  const asked = exchange.model.reply(askFor('Hello', { reasoningEffort: 'low' }), abort.signal);
  const heard: string[] = [];
  await assert.rejects(async () => {
    for await (const { type } of asked) {
      heard.push(type);
      if (heard.length === 2) abort.abort(new Error('The caller spoke'));
    }
  }, /The caller spoke/);
  assert.deepEqual(new Set(heard), new Set(['thought']));
  assert.equal(await exchange.server.requests.messages.last?.closed, 'aborted');
  release();
});

const BEGUN: readonly ModelMessage[] = [
  { role: 'system', text: 'You help callers.' },
  { role: 'user', text: 'Where is my order?' },
];

test('AI SDK model: Claude goes on from the beginning of its own reply, without a space of its own', async () => {
  await using exchange = await startSdkExchange('the Messages wire', {
    rules: [{ reply: { text: ' is on its way.' } }],
  });
  const chunks = await read(exchange.model, askFor('', { messages: BEGUN, said: 'Your order ' }));
  assert.equal(textOf(chunks), 'is on its way.');
  assert.deepEqual(exchange.server.requests.messages.last?.body.messages.at(-1), {
    role: 'assistant',
    content: [{ type: 'text', text: 'Your order' }],
  });
});

test('AI SDK model: a Claude that takes no beginning is asked to go on in words, and the next time at once', async () => {
  await using exchange = await startSdkExchange('the Messages wire', {
    rules: [{ reply: { text: 'is on its way.' } }],
  });
  let bodies = 0;
  const fetch: typeof globalThis.fetch = async (url, init) => {
    bodies += 1;
    const { messages } = JSON.parse(init?.body as string) as { messages: { role: string }[] };
    if (messages.at(-1)?.role !== 'assistant') return globalThis.fetch(url, init);
    const error = { type: 'invalid_request_error', message: 'This model does not support assistant message prefill.' };
    return Response.json({ type: 'error', error }, { status: 400 });
  };
  const model = createAiSdkModel(createAnthropic({ apiKey: API_KEY, baseURL: exchange.server.url, fetch })(CLAUDE));
  const request = askFor('', { messages: BEGUN, said: 'Your order' });
  assert.equal(textOf(await read(model, request)), 'is on its way.');
  assert.equal(bodies, 2);
  assert.equal(textOf(await read(model, request)), 'is on its way.');
  assert.equal(bodies, 3);
  const last = exchange.server.requests.messages.last?.body.messages.slice(-2);
  assert.deepEqual(
    last?.map(({ role }) => role),
    ['assistant', 'user'],
  );
});

test('AI SDK model: other models are asked to go on in words', async () => {
  await using exchange = await startSdkExchange('the Responses wire', { rules: [{ reply: { text: 'is here.' } }] });
  await read(exchange.model, askFor('', { messages: BEGUN, said: 'Your order' }));
  const [said, asked] = exchange.server.requests.responses.last?.body.input.slice(-2) ?? [];
  assert.equal(said && 'role' in said && said.role, 'assistant');
  assert.match(JSON.stringify(asked), /continue exactly where it ends/);
});

test("AI SDK model: a tool is sent without strict form, which is the OpenAI adapter's", async () => {
  await using exchange = await startSdkExchange('the Responses wire', { rules: [{ reply: { text: 'Yes.' } }] });
  await Array.fromAsync(exchange.model.reply(askFor('Hello', { tools: [lookUp], toolChoice: 'none' }), NEVER));
  const [tool] = exchange.server.requests.responses.last?.body.tools ?? [];
  assert.equal(tool?.strict ?? false, false);
  assert.equal(exchange.server.requests.responses.last?.body.tool_choice, 'none');
});
