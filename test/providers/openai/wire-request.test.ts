import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelMessage, ModelTool, ToolChoice } from '../../../providers/model.ts';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import { toWireRequest } from '../../../providers/openai/wire-request.ts';
import { askFor, NEVER, startExchange } from '../scripted-exchange.ts';

const messagesOf = (messages: readonly ModelMessage[]) => toWireRequest({ ...askFor('Hi'), messages }).messages;

const tools: ModelTool[] = [{ name: 'search', description: 'Searches', parameters: { type: 'object' } }];

const choices: [choice: ToolChoice, wire: unknown][] = [
  ['auto', 'auto'],
  ['none', 'none'],
  ['required', 'required'],
  [{ tool: 'search' }, { type: 'function', function: { name: 'search' } }],
];
for (const [toolChoice, wire] of choices) {
  test(`wire request: tool choice ${JSON.stringify(toolChoice)} goes out as ${JSON.stringify(wire)}`, async () => {
    await using exchange = await startExchange();
    const request = askFor('Lamps?', { tools, toolChoice });
    await Array.fromAsync(createOpenAIModel(exchange.client).reply(request, NEVER));
    assert.deepEqual(exchange.server.requests.chat.last?.body.tool_choice, wire);
  });

  test(`wire request: without tools, tool choice ${JSON.stringify(toolChoice)} is left out`, () => {
    assert.ok(!('tool_choice' in toWireRequest(askFor('Lamps?', { toolChoice }))));
  });
}

for (const reasoningEffort of ['none', 'minimal', 'low', 'medium', 'high'] as const) {
  test(`wire request: reasoning effort '${reasoningEffort}' goes out as it is`, async () => {
    await using exchange = await startExchange();
    await Array.fromAsync(createOpenAIModel(exchange.client).reply(askFor('Hi', { reasoningEffort }), NEVER));
    assert.equal(exchange.server.requests.chat.last?.body.reasoning_effort, reasoningEffort);
  });
}

test('wire request: without reasoning effort the model has its own', () => {
  assert.ok(!('reasoning_effort' in toWireRequest(askFor('Hi'))));
});

test('scripted server: a chosen tool that was not sent, and values that are unknown, are refused as the real server does', async () => {
  await using exchange = await startExchange();
  const refused: string[] = [];
  for (const more of [
    { toolChoice: { tool: 'sing' } },
    { toolChoice: 'some' as 'auto' },
    { reasoningEffort: 'much' as 'high' },
  ]) {
    const model = createOpenAIModel(exchange.client, { onRefused: (_, parameter) => void refused.push(parameter) });
    await Array.fromAsync(model.reply(askFor('Hi', { tools, ...more }), NEVER));
  }
  assert.deepEqual(refused, ['tool_choice', 'tool_choice', 'reasoning_effort']);
});

test('wire messages: a call and its result are paired by id, and words beside calls are kept', () => {
  const calls = [{ id: 'tool:1:0:find_order', name: 'find_order', arguments: '{"order_id":"4010"}' }];
  assert.deepEqual(
    messagesOf([
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'Where is 4010?' },
      { role: 'assistant', text: 'One moment.', calls },
      { role: 'tool', callId: 'tool:1:0:find_order', text: '{"status":"shipped"}' },
    ]),
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where is 4010?' },
      {
        role: 'assistant',
        content: 'One moment.',
        tool_calls: [
          {
            id: 'tool:1:0:find_order',
            type: 'function',
            function: { name: 'find_order', arguments: '{"order_id":"4010"}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'tool:1:0:find_order', content: '{"status":"shipped"}' },
    ],
  );
});

test('wire messages: calls without words have no content, words without calls no list of calls', () => {
  const [, silent, , spoken] = messagesOf([
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: '', calls: [{ id: 'a', name: 'search', arguments: '{}' }] },
    { role: 'tool', callId: 'a', text: '' },
    { role: 'assistant', text: 'Hello!', calls: [] },
  ]);
  assert.equal(silent?.content, null);
  assert.deepEqual(spoken, { role: 'assistant', content: 'Hello!' });
});

test('wire messages: the caller is first, and caller and model take turns', () => {
  const calls = [{ id: 'a', name: 'search', arguments: '{"query":' }];
  const messages = messagesOf([
    { role: 'system', text: 'Be brief.' },
    { role: 'assistant', text: 'Welcome.', calls: [] },
    { role: 'assistant', text: 'How can I help?', calls: [] },
    { role: 'user', text: 'Find' },
    { role: 'user', text: 'a lamp' },
    { role: 'assistant', text: '', calls },
    { role: 'tool', callId: 'a', text: 'half \ud83d' },
    { role: 'user', text: 'Well?' },
  ]);
  assert.deepEqual(
    messages.map(({ role, content }) => `${role}: ${typeof content === 'string' ? content : '-'}`),
    [
      'system: Be brief.',
      'user: [The caller is on the line.]',
      'assistant: Welcome. How can I help?',
      'user: Find\na lamp',
      'assistant: -',
      'tool: half \ufffd',
      'assistant: …',
      'user: Well?',
    ],
  );
  const asked = messages.flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []));
  assert.deepEqual(
    asked.map((call) => call.type === 'function' && call.function.arguments),
    ['{}'],
  );
});
