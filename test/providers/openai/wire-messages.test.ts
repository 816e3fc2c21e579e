import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toWireMessages } from '../../../providers/openai/wire-messages.ts';

test('wire messages: a call and its result are paired by id, and words beside calls are kept', () => {
  const calls = [{ id: 'tool:1:0:find_order', name: 'find_order', arguments: '{"order_id":"4010"}' }];
  assert.deepEqual(
    toWireMessages([
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
  const [silent, spoken] = toWireMessages([
    { role: 'assistant', text: '', calls: [{ id: 'a', name: 'search', arguments: '{}' }] },
    { role: 'assistant', text: 'Hello!', calls: [] },
  ]);
  assert.equal(silent?.content, null);
  assert.deepEqual(spoken, { role: 'assistant', content: 'Hello!' });
});
