import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelChunk } from '../../../providers/model.ts';
import { type ReplyEnd, ReplyParser } from '../../../providers/openai/reply-parser.ts';

interface Parsed {
  readonly chunks: readonly ModelChunk[];
  readonly end: ReplyEnd;
}

/** `[DONE]` at the end is the stream's own end. */
function parse(payloads: readonly (object | string)[]): Parsed {
  const parser = new ReplyParser();
  const chunks = payloads.flatMap((payload) => {
    if (payload !== '[DONE]') return parser.take(typeof payload === 'string' ? payload : JSON.stringify(payload));
    parser.finish();
    return [];
  });
  return { chunks, end: parser.end };
}

const choice = (fields: object) => ({ choices: [{ index: 0, ...fields }] });
const delta = (fields: object) => choice({ delta: fields });
const call = (fields: object) => delta({ tool_calls: [fields] });
const said = (text: string): ModelChunk => ({ type: 'text', text });
const hello = delta({ content: 'Hello.' });
const DONE = '[DONE]';

const ends: readonly [of: string, payloads: readonly (object | string)[], end: ReplyEnd][] = [
  ['words and [DONE] without a reason are finished', [hello, DONE], 'finished'],
  [
    'a call and [DONE] without a reason is finished',
    [call({ function: { name: 'pay', arguments: '{}' } }), DONE],
    'finished',
  ],
  ['words without [DONE] and without a reason are cut short', [hello], 'cut_short'],
  ['[DONE] alone is cut short', [DONE], 'cut_short'],
  ['thoughts and [DONE] are cut short', [delta({ reasoning_content: 'Hm.' }), DONE], 'cut_short'],
  ['an empty reason is none', [choice({ delta: { content: 'Hi' }, finish_reason: '' })], 'cut_short'],
  ["the word 'null' is no reason", [choice({ delta: { content: 'Hi' }, finish_reason: 'null' })], 'cut_short'],
  [
    'an empty reason after the real one takes nothing back',
    [choice({ finish_reason: 'stop' }), choice({ finish_reason: '' })],
    'finished',
  ],
  ['a reason without [DONE] is an end', [hello, choice({ finish_reason: 'stop' })], 'finished'],
  ['a content filter withholds the reply', [hello, choice({ finish_reason: 'content_filter' }), DONE], 'withheld'],
  ['a reason that is an error is a failure', [hello, choice({ finish_reason: 'error' }), DONE], 'failed'],
  ['an error in mid-stream is a failure, whatever follows', [hello, { error: { message: 'x' } }, DONE], 'failed'],
  ['an error in the form of an object is a failure', [hello, { object: 'error', message: 'x' }, DONE], 'failed'],
  ['an error after the reason is too late', [hello, choice({ finish_reason: 'stop' }), { error: {} }], 'finished'],
  ['garbage after the reason is too late', [hello, choice({ finish_reason: 'stop' }), '{"choi'], 'finished'],
  [
    'what is no event of a reply is passed over',
    ['', ' ', 'null', '[]', '1', {}, { choices: [] }, hello, DONE],
    'finished',
  ],
];

for (const [of, payloads, end] of ends) {
  test(`reply parser: ${of}`, () => {
    assert.equal(parse(payloads).end, end);
  });
}

test('reply parser: what is not JSON before the reason is thrown', () => {
  assert.throws(() => parse([hello, '{"choi']), SyntaxError);
});

test('reply parser: of a list of parts only text is said, and thoughts are told of', () => {
  const parts = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
    { type: 'text', text: 'Hel' },
    'lo.',
    { type: 'reference', reference_ids: [1] },
    null,
  ];
  assert.deepEqual(parse([delta({ content: parts })]).chunks, [{ type: 'thought' }, said('Hel'), said('lo.')]);
});

for (const field of ['reasoning_content', 'reasoning']) {
  test(`reply parser: '${field}' is a thought and not said`, () => {
    assert.deepEqual(parse([delta({ [field]: 'Hm.', content: null })]).chunks, [{ type: 'thought' }]);
  });
}

test('reply parser: a refusal is text, also as a part', () => {
  assert.deepEqual(parse([delta({ refusal: 'No.' })]).chunks, [said('No.')]);
  assert.deepEqual(parse([delta({ content: [{ type: 'refusal', refusal: 'No.' }] })]).chunks, [said('No.')]);
});

test('reply parser: a whole message at the end of a reply is not said again', () => {
  const whole = choice({ message: { content: 'Hello.' }, finish_reason: 'stop' });
  assert.deepEqual(parse([hello, whole]).chunks, [said('Hello.')]);
  assert.deepEqual(parse([whole]), { chunks: [said('Hello.')], end: 'finished' });
});

test('reply parser: a piece of a call without an index belongs to the call before it', () => {
  const { chunks } = parse([
    call({ index: 1, id: 'a', function: { name: 'look' } }),
    call({ function: { arguments: '{}' } }),
  ]);
  assert.deepEqual(chunks, [
    { type: 'call', index: 1, id: 'a', name: 'look', arguments: '' },
    { type: 'call', index: 1, arguments: '{}' },
  ]);
});

test('reply parser: arguments may be an object, and a list of calls a single one', () => {
  const looked = { type: 'call', index: 0, name: 'look', arguments: '{"id":1}' };
  const called = { name: 'look', arguments: { id: 1 } };
  assert.deepEqual(parse([delta({ tool_calls: { function: called } })]).chunks, [looked]);
  assert.deepEqual(parse([delta({ function_call: called })]).chunks, [looked]);
});

test('reply parser: fields of any type break nothing', () => {
  for (const odd of [null, 1, 'x', [], [null], {}, [[]], true]) {
    parse([{ choices: odd }, delta({ content: odd, tool_calls: odd, function_call: odd, reasoning_details: odd })]);
    parse([call({ index: odd, id: odd, function: odd }), choice({ delta: odd, message: odd, finish_reason: odd })]);
  }
});
