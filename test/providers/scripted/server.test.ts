import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelMessage } from '../../../providers/model.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import { askFor, callsOf, type Exchange, failureOf, NEVER, startExchange, textOf } from '../scripted-exchange.ts';

const afterFinding = (result: string): ModelMessage[] => [
  { role: 'user', text: 'Where is order 4010?' },
  { role: 'assistant', text: '', calls: [{ id: 'a', name: 'find_order', arguments: '{"order_id":"4010"}' }] },
  { role: 'tool', callId: 'a', text: result },
];

async function replyTo({ client }: Exchange, messages: readonly ModelMessage[]): Promise<string> {
  return textOf(await Array.fromAsync(createOpenAIModel(client).reply(askFor('', { messages }), NEVER)));
}

test('scripted server: the first rule that fits answers, and a polite sentence where none does', async () => {
  const rules: ScriptRule[] = [
    { when: { afterTool: 'find_order', failed: true }, reply: { text: 'failed' } },
    { when: { afterTool: 'find_order', round: 2 }, reply: { text: 'found' } },
    { when: { user: 'WHERE IS' }, reply: { text: 'asked' } },
    { when: { user: /^bye/g }, reply: { text: 'goodbye' } },
  ];
  await using exchange = await startExchange({ rules });
  assert.equal(await replyTo(exchange, afterFinding('{"error":{"kind":"failed","message":"down"}}')), 'failed');
  assert.equal(await replyTo(exchange, afterFinding('{"status":"shipped"}')), 'found');
  assert.equal(await replyTo(exchange, [{ role: 'user', text: 'Where is it?' }]), 'asked');
  assert.equal(await replyTo(exchange, [{ role: 'user', text: 'bye' }]), 'goodbye');
  assert.equal(await replyTo(exchange, [{ role: 'user', text: 'bye' }]), 'goodbye');
  assert.match(await replyTo(exchange, [{ role: 'user', text: 'Hm' }]), /^I'm sorry/);
});

test('scripted server: a reply function sees the results since the last user message, parsed', async () => {
  const reply: ScriptRule['reply'] = ({ results, round }) => ({ text: JSON.stringify({ results, round }) });
  await using exchange = await startExchange({ rules: [{ reply }] });
  const text = await replyTo(exchange, [
    ...afterFinding('{"status":"lost"}'),
    { role: 'assistant', text: 'Lost.', calls: [] },
    ...afterFinding('{"status":"shipped"}'),
  ]);
  assert.deepEqual(JSON.parse(text), {
    results: [{ name: 'find_order', arguments: { order_id: '4010' }, value: { status: 'shipped' }, failed: false }],
    round: 2,
  });
});

test('scripted server: rules can be replaced while it runs', async () => {
  await using exchange = await startExchange({ rules: [{ reply: { text: 'before' } }] });
  assert.equal(await replyTo(exchange, [{ role: 'user', text: 'Hi' }]), 'before');
  exchange.server.script.rules = [{ reply: { text: 'after' } }];
  assert.equal(await replyTo(exchange, [{ role: 'user', text: 'Hi' }]), 'after');
});

test('scripted server: an ordered failure comes as often as ordered', async () => {
  await using exchange = await startExchange({ rules: [{ reply: { text: 'fine' } }] });
  const model = createOpenAIModel(exchange.client);
  exchange.server.failNext({ endpoint: 'chat', kind: 'status', status: 503, times: 2 });
  assert.equal((await failureOf(model.reply(askFor('Hi'), NEVER))).status, 503);
  assert.equal((await failureOf(model.reply(askFor('Hi'), NEVER))).status, 503);
  assert.equal(textOf(await Array.fromAsync(model.reply(askFor('Hi'), NEVER))), 'fine');
});

test('scripted server: delays hold tokens back, but lose none', async () => {
  const calls = [{ name: 'search', arguments: { query: 'lamp' } }];
  const delays = { firstTokenMs: 5, tokenMs: 1 };
  await using exchange = await startExchange({ rules: [{ reply: { text: 'One moment.', calls }, delays }] });
  const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Lamp'), NEVER));
  assert.equal(textOf(chunks), 'One moment.');
  assert.deepEqual(callsOf(chunks), [{ name: 'search', arguments: '{"query":"lamp"}' }]);
});

test('scripted server: a request that is held sends its first tokens, and the others when it is let go', async () => {
  await using exchange = await startExchange({ rules: [{ reply: { text: 'One moment, please.' } }] });
  const release = exchange.server.holdNext({ endpoint: 'chat', afterTokens: 2 });
  const chunks: string[] = [];
  for await (const chunk of createOpenAIModel(exchange.client).reply(askFor('Hi'), NEVER)) {
    chunks.push(chunk.type === 'text' ? chunk.text : '');
    if (chunks.length < 2) continue;
    assert.deepEqual(chunks.slice(0, 2), ['One', ' moment,']);
    release();
  }
  assert.equal(chunks.join(''), 'One moment, please.');
});

test('scripted server: a request that is held ends with its client', async () => {
  await using exchange = await startExchange();
  exchange.server.holdNext({ endpoint: 'chat' });
  const abort = new AbortController();
  const reply = Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Hi'), abort.signal));
  const request = await exchange.server.requests.chat.arrival(1);
  abort.abort('stopped');
  await assert.rejects(reply, (reason) => reason === 'stopped');
  assert.equal(await request.closed, 'aborted');
});

test('scripted server: an answered request is recorded as finished', async () => {
  await using exchange = await startExchange();
  await replyTo(exchange, [{ role: 'user', text: 'Hi' }]);
  const request = await exchange.server.requests.chat.arrival(1);
  assert.deepEqual(request.body.messages, [{ role: 'user', content: 'Hi' }]);
  assert.equal(await request.closed, 'finished');
});

test('scripted server: a call without its result, or a result without its call, is refused as the real server does', async () => {
  await using exchange = await startExchange();
  const model = createOpenAIModel(exchange.client);
  const unanswered = afterFinding('').slice(0, 2);
  const uncalled: ModelMessage[] = [{ role: 'tool', callId: 'a', text: '{}' }];
  for (const messages of [unanswered, uncalled, [...unanswered, { role: 'user', text: 'Well?' } as const]]) {
    const failure = await failureOf(model.reply(askFor('', { messages }), NEVER));
    assert.equal(failure.status, 400);
    assert.match(failure.message, /parameter 'messages/);
  }
});

test('scripted server: a strict tool whose schema is not in strict form is refused as the real server does', async () => {
  await using exchange = await startExchange();
  const nested = {
    type: 'object',
    properties: { size: { type: 'string' } },
    required: [],
    additionalProperties: false,
  };
  const parameters = { type: 'object', properties: { nested }, required: ['nested'], additionalProperties: false };
  // Our own model sends no such thing.
  const asked = exchange.client.chat.completions.create({
    model: 'scripted',
    stream: true,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ type: 'function', function: { name: 'search', description: 'Searches', parameters, strict: true } }],
  });
  await assert.rejects(asked, { status: 400, param: 'tools[0].function.parameters' });
});

test('scripted server: a body that is not JSON, an unknown address and a format that is not PCM are refused', async () => {
  await using exchange = await startExchange();
  const { url } = exchange.server;
  const post = (path: string, body: string) => fetch(`${url}${path}`, { method: 'POST', body });
  const answers = [
    await post('/chat/completions', '{"model":'),
    await post('/embeddings', '{}'),
    await post('/audio/speech', '{"model":"m","input":"Hi","voice":"alloy","response_format":"mp3"}'),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 404, 400],
  );
  for (const answer of answers)
    assert.ok(((await answer.json()) as { error: { message: string } }).error.message !== '');
});

test('scripted server: models can be listed', async () => {
  await using exchange = await startExchange();
  assert.deepEqual(
    (await exchange.client.models.list()).data.map(({ id }) => id),
    ['scripted'],
  );
});

test('scripted server: stopping it cuts what is open', async () => {
  const exchange = await startExchange({ rules: [{ failure: { kind: 'hang' } }] });
  const failing = failureOf(createOpenAIModel(exchange.client).reply(askFor('Hi'), NEVER));
  await exchange.server.requests.chat.arrival(1);
  await exchange.server.stop();
  assert.equal((await failing).retryable, true);
  await exchange.server.stop();
});
