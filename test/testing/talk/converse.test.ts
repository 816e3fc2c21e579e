import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, converse } from 'legato/testing';
import { refunds, shop } from './shop.ts';

test('converse: a turn gives what was heard, called and shown to the model', async () => {
  const talk = converse(shop, { model: [call('find_order', { order_id: '4003' }), 'It was shipped.'] });
  const turn = await talk.say('Where is my order?');
  assert.equal(turn.heard, 'It was shipped.');
  assert.equal(turn.outcome, 'answered');
  assert.deepEqual(
    turn.calls.map(({ name, arguments: args }) => [name, args]),
    [['find_order', { order_id: '4003' }]],
  );
  const [result] = turn.results;
  assert.deepEqual(result, {
    call: 'tool:1:0:find_order',
    name: 'find_order',
    ok: true,
    result: { status: 'shipped' },
  });
  assert.deepEqual(
    turn.prompt.map(({ role }) => role),
    ['system', 'user', 'assistant', 'tool'],
  );
  assert.equal(turn.events[0]?.type, 'turn.started');
  assert.equal(turn.events.at(-1)?.type, 'turn.finished');
});

test('converse: a write runs once, with the key of its step, when its gate has opened', async () => {
  refunds.length = 0;
  const reply = { text: 'I pay it back now.', calls: [call('refund', { order_id: '1' })], afterMs: 300 };
  const talk = converse(shop, { model: [reply, 'Done.'] });
  const turn = await talk.say('Refund order 1');
  assert.deepEqual(refunds, ['1 turn-1/tool:1:0:refund']);
  assert.equal(turn.heard, 'I pay it back now. Done.');
  const at = (type: string) => turn.events.find((event) => event.type === type)?.atMs ?? -1;
  assert.equal(at('speech.started'), 300);
  assert.ok(at('tool.started') >= at('speech.started'));
});

test('converse: turns share one memory, as the caller heard it', async () => {
  const talk = converse(shop, { model: ['The first answer.', 'The second answer.'] });
  await talk.say('One');
  const second = await talk.say('Two');
  assert.deepEqual(
    second.prompt.map((message) => message.text),
    ['Help.', 'One', 'The first answer.', 'Two'],
  );
  assert.equal(talk.turns.length, 2);
});

test('converse: the model is shown the context of the conversation in every turn, and that of one turn after it', async () => {
  const talk = converse(shop, { model: ['One.', 'Two.'], context: 'The caller is Ada.' });
  const first = await talk.say('Hello', { context: 'It is her birthday.' });
  const second = await talk.say('And now?');
  const shown = ({ prompt }: typeof first) => prompt.filter(({ role }) => role === 'system').map(({ text }) => text);
  const ofConversation = 'Facts for this conversation, not to be read out:\nThe caller is Ada.';
  const ofTurn = 'Facts for this turn, not to be read out:\nIt is her birthday.';
  assert.deepEqual(
    [shown(first), shown(second)],
    [
      ['Help.', ofConversation, ofTurn],
      ['Help.', ofConversation],
    ],
  );
  assert.doesNotMatch(first.spoken, /Ada/);
});
