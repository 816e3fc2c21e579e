import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, converse, type Recording, recordReplies, type Rule, ScriptError } from 'legato/testing';
import { isModel } from '../../../testing/providers/tested-model.ts';
import { findOrder, shop, shopWith } from '../../testing/talk/shop.ts';

const rules: readonly Rule[] = [
  { when: 'REFUND', reply: [call('refund', { order_id: '1' }), 'It is paid back.'] },
  {
    when: /order (?<id>\d+)/g,
    reply: [
      ({ said }) => call('find_order', { order_id: /\d+/.exec(said)?.[0] ?? '' }),
      ({ results }) => `It is ${(results['find_order'] as { status: string }).status}.`,
    ],
  },
  { when: ({ said }) => said.length > 40, reply: 'That was long.' },
  { reply: 'How can I help?' },
];

test('rules: the first that fits the words of the caller counts, round by round', async () => {
  const talk = converse(shop, { model: rules });
  assert.equal((await talk.say('A refund, please')).heard, 'It is paid back.');
  assert.equal((await talk.say('Where is order 4003?')).heard, 'It is shipped.');
  assert.equal((await talk.say('And where is order 9?')).heard, 'It is unknown.');
  assert.equal((await talk.say('I would like to tell you a story about a lamp')).heard, 'That was long.');
  assert.equal((await talk.say('Hello')).heard, 'How can I help?');
});

test('rules: words that no rule fits fail the test', async () => {
  const talk = converse(shop, { model: [{ when: 'hello', reply: 'Hi.' }] });
  await assert.rejects(talk.say('Bye'), /No rule of the script fits 'Bye'; add one, or a last one without 'when'/);
});

test('script: rules and replies in one list are refused', () => {
  assert.throws(() => converse(shop, { model: [{ reply: 'Hi.' }, 'Hello'] as never }), ScriptError);
});

test('replies: pieces come with their own delays, and a preamble is said before the call', async () => {
  const pieces = [
    { text: 'Let me ' },
    { text: 'see. ', afterMs: 200 },
    { call: call('find_order', { order_id: '1' }) },
  ];
  const preambled = call('find_order', { preamble: 'I look again.', order_id: '2' });
  const talk = converse(shopWith([findOrder]), { model: [{ pieces, afterMs: 100 }, 'Not there.', preambled, 'No.'] });
  const turn = await talk.say('Where is it?');
  assert.equal(turn.events.find(({ type }) => type === 'tool.started')?.atMs, 300);
  assert.equal(turn.heard, 'Let me see. Not there.');
  const second = await talk.say('Look again');
  assert.deepEqual(second.calls[0]?.arguments, { order_id: '2' });
  assert.equal(second.heard, 'I look again. No.');
});

async function record(): Promise<Recording> {
  const scripted: readonly Rule[] = rules;
  const real = recordReplies({
    async *reply() {
      yield await Promise.resolve({ type: 'text', text: 'Recorded words.' } as const);
    },
  });
  assert.ok(isModel(real) && !isModel(scripted));
  await converse(shop, { model: real }).say('Hi');
  return JSON.parse(JSON.stringify(real.recording)) as Recording;
}

test('recording: what a model said once is said again, once for each request', async () => {
  const recording = await record();
  assert.deepEqual(recording.replies[0], {
    said: 'Hi',
    round: 1,
    chunks: [{ afterMs: recording.replies[0]?.chunks[0]?.afterMs, chunk: { type: 'text', text: 'Recorded words.' } }],
  });
  const talk = converse(shop, { model: recording });
  assert.equal((await talk.say('Hi')).heard, 'Recorded words.');
  await assert.rejects(
    talk.say('Hello'),
    /The recording has no reply to 'Hello' in round 1; left are: none; record it anew/,
  );
});
