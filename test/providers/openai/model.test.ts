import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelTool } from '../../../providers/model.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import { API_KEY, askFor, callsOf, NEVER, startExchange, textOf } from '../scripted-exchange.ts';

const findOrder: ModelTool = {
  name: 'find_order',
  description: 'Finds an order',
  parameters: {
    type: 'object',
    properties: { order_id: { type: 'string' } },
    required: ['order_id'],
    additionalProperties: false,
  },
};
const loose: ModelTool = { ...findOrder, name: 'search', parameters: { type: 'object', additionalProperties: true } };

test('model: text arrives in the pieces in which it was written', async () => {
  await using exchange = await startExchange({ rules: [{ reply: { text: 'Your order is here.' } }] });
  const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Where is it?'), NEVER));
  assert.deepEqual(
    chunks.flatMap((chunk) => (chunk.type === 'text' ? chunk.text : [])),
    ['Your', ' order', ' is', ' here.'],
  );
});

test('model: parallel calls arrive by index, the name first and the arguments in pieces', async () => {
  const calls = [
    { name: 'find_order', arguments: { order_id: '4010' } },
    { name: 'search', arguments: { query: 'a desk lamp made of oak' } },
  ];
  await using exchange = await startExchange({ rules: [{ reply: { text: 'One moment.', calls } }] });
  const request = askFor('Both, please', { tools: [findOrder, loose] });
  const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(request, NEVER));
  const ofSecond = chunks.filter((chunk) => chunk.type === 'call' && chunk.index === 1);
  assert.ok(ofSecond.length > 3);
  assert.deepEqual(
    ofSecond.map((chunk) => 'name' in chunk),
    ofSecond.map((_, index) => index === 0),
  );
  assert.equal(new Set(chunks.flatMap((chunk) => ('id' in chunk ? [chunk.id] : []))).size, 2);
  assert.deepEqual(callsOf(chunks), [
    { name: 'find_order', arguments: '{"order_id":"4010"}' },
    { name: 'search', arguments: '{"query":"a desk lamp made of oak"}' },
  ]);
  assert.equal(textOf(chunks), 'One moment.');
});

test('model: malformed arguments are passed on as they were written', async () => {
  const calls = [{ name: 'find_order', arguments: '{"order_id": 40' }];
  await using exchange = await startExchange({ rules: [{ reply: { calls } }] });
  const chunks = createOpenAIModel(exchange.client).reply(askFor('Order 40', { tools: [findOrder] }), NEVER);
  assert.deepEqual(callsOf(await Array.fromAsync(chunks)), [{ name: 'find_order', arguments: '{"order_id": 40' }]);
});

test('model: tools, strict where they can be, temperature and token limit go over the wire', async () => {
  await using exchange = await startExchange();
  const request = askFor('Hello', { tools: [findOrder, loose], temperature: 0.2, maxTokens: 300 });
  await Array.fromAsync(createOpenAIModel(exchange.client).reply(request, NEVER));
  const { body, apiKey } = exchange.server.requests.chat.last ?? assert.fail();
  assert.deepEqual(
    body.tools?.map((tool) => [tool.function.name, tool.function.strict]),
    [
      ['find_order', true],
      ['search', false],
    ],
  );
  assert.deepEqual(body.tools?.[0]?.function.parameters, findOrder.parameters);
  assert.equal(body.tool_choice, 'auto');
  assert.equal(body.temperature, 0.2);
  assert.equal(body.max_completion_tokens, 300);
  assert.equal(apiKey, API_KEY);
});

test('model: what is not set is left out of the request', async () => {
  await using exchange = await startExchange();
  await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Hello'), NEVER));
  const { body } = exchange.server.requests.chat.last ?? assert.fail();
  assert.deepEqual(Object.keys(body).sort(), ['messages', 'model', 'stream', 'stream_options']);
});

test("model: with tool choice 'none' the tools are sent and the reply is words", async () => {
  const rules = [{ reply: { text: 'Here it is.', calls: [{ name: 'find_order', arguments: {} }] } }];
  await using exchange = await startExchange({ rules });
  const request = askFor('Order 4010', { tools: [findOrder], toolChoice: 'none' });
  const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(request, NEVER));
  assert.equal(exchange.server.requests.chat.last?.body.tool_choice, 'none');
  assert.equal(exchange.server.requests.chat.last?.body.tools?.length, 1);
  assert.deepEqual(callsOf(chunks), []);
  assert.equal(textOf(chunks), 'Here it is.');
});

test('model: a reply that ran into the token limit is complete as it stands', async () => {
  const rules = [{ reply: { text: 'It is on its', finishReason: 'length' as const } }];
  await using exchange = await startExchange({ rules });
  const chunks = await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Where?'), NEVER));
  assert.equal(textOf(chunks), 'It is on its');
});

test('model: an abort in mid-stream ends the iteration with its reason and closes the request', async () => {
  const rules = [{ reply: { text: 'Your order is here.' }, failure: { kind: 'hang' as const, afterTokens: 2 } }];
  await using exchange = await startExchange({ rules });
  const abort = new AbortController();
  const reason = new Error('barge-in');
  const chunks: string[] = [];
  await assert.rejects(async () => {
    for await (const chunk of createOpenAIModel(exchange.client).reply(askFor('Where?'), abort.signal)) {
      chunks.push(chunk.type === 'text' ? chunk.text : '');
      if (chunks.length === 2) abort.abort(reason);
    }
  }, reason);
  assert.deepEqual(chunks, ['Your', ' order']);
  assert.equal(await exchange.server.requests.chat.last?.closed, 'aborted');
});

test('model: an abort before the first token ends the iteration with its reason and closes the request', async () => {
  await using exchange = await startExchange({ rules: [{ failure: { kind: 'hang' } }] });
  const abort = new AbortController();
  const reply = Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Where?'), abort.signal));
  const request = await exchange.server.requests.chat.arrival(1);
  abort.abort('stopped');
  await assert.rejects(reply, (reason) => reason === 'stopped');
  assert.equal(await request.closed, 'aborted');
});

test('model: with a signal that is aborted already nothing is sent', async () => {
  await using exchange = await startExchange();
  const reply = createOpenAIModel(exchange.client).reply(askFor('Where?'), AbortSignal.abort('stopped'));
  await assert.rejects(Array.fromAsync(reply), (reason) => reason === 'stopped');
  assert.equal(exchange.server.requests.chat.all.length, 0);
});

test('model: a reader that stops early closes the request', async () => {
  const rules = [{ reply: { text: 'Your order is here.' }, failure: { kind: 'hang' as const, afterTokens: 2 } }];
  await using exchange = await startExchange({ rules });
  for await (const _ of createOpenAIModel(exchange.client).reply(askFor('Where?'), NEVER)) break;
  assert.equal(await exchange.server.requests.chat.last?.closed, 'aborted');
});
