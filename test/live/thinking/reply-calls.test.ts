import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallPiece, MAX_CALLS_CHARS, ReplyCalls } from '../../../live/thinking/reply-calls.ts';

type Part = Omit<CallPiece, 'type'>;

function read(...pieces: readonly Part[]): ReplyCalls {
  const calls = new ReplyCalls();
  for (const piece of pieces) calls.take({ type: 'call', ...piece });
  return calls;
}

const table: readonly { readonly of: string; readonly pieces: readonly Part[]; readonly calls: readonly object[] }[] = [
  {
    of: 'a call without index 0 is the first',
    pieces: [{ index: 4, name: 'find', arguments: '{}' }],
    calls: [{ name: 'find', arguments: '{}' }],
  },
  {
    of: 'calls of one index are told apart by their ids',
    pieces: [
      { index: 0, id: 'a', name: 'find', arguments: '{' },
      { index: 0, id: 'b', name: 'find', arguments: '{}' },
    ],
    calls: [
      { name: 'find', arguments: '{' },
      { name: 'find', arguments: '{}' },
    ],
  },
  {
    of: 'calls of one index without ids are told apart by the name that follows a whole one',
    pieces: [
      { index: 0, name: 'find', arguments: '{}' },
      { index: 0, name: 'track', arguments: '' },
      { index: 0, arguments: '{"a":1}' },
      { index: 0, name: 'track', arguments: '{"a":2}' },
    ],
    calls: [
      { name: 'find', arguments: '{}' },
      { name: 'track', arguments: '{"a":1}' },
      { name: 'track', arguments: '{"a":2}' },
    ],
  },
  {
    of: 'calls that mix keep the order in which they appeared',
    pieces: [
      { index: 7, name: 'find', arguments: '{"a"' },
      { index: -1, name: 'track', arguments: '{"b"' },
      { index: 7, arguments: ':1}' },
      { index: -1, arguments: ':2}' },
    ],
    calls: [
      { name: 'find', arguments: '{"a":1}' },
      { name: 'track', arguments: '{"b":2}' },
    ],
  },
  {
    of: 'empty arguments before or after the real ones are none, wherever they are cut',
    pieces: [
      { index: 0, id: 'a', name: 'find', arguments: '{}' },
      { index: 0, arguments: '{"a"' },
      { index: 0, arguments: ':1}' },
      { index: 1, id: 'b', name: 'track', arguments: '{ }{"b":' },
      { index: 1, arguments: '2} {' },
      { index: 1, arguments: '}' },
    ],
    calls: [
      { name: 'find', arguments: '{"a":1}' },
      { name: 'track', arguments: '{"b":2}' },
    ],
  },
  {
    of: 'the same arguments once more are those of one call, and others are no JSON',
    pieces: [
      { index: 0, id: 'a', name: 'find', arguments: '{"a":1}' },
      { index: 0, id: 'a', arguments: '{"a":1}' },
      { index: 1, id: 'b', name: 'track', arguments: '{"b":1}{"b":' },
      { index: 1, id: 'b', arguments: '2}{"b":1}' },
    ],
    calls: [
      { name: 'find', arguments: '{"a":1}' },
      { name: 'track', arguments: '{"b":1}{"b":2}{"b":1}' },
    ],
  },
  {
    of: 'a piece with an id of its own and no name goes on with a call that is not at its end',
    pieces: [
      { index: 0, id: 'a', name: 'find', arguments: '' },
      { index: 0, id: 'b', arguments: '{"a"' },
      { index: 0, id: 'c', arguments: ':1}' },
      { index: 0, id: 'd', name: 'track', arguments: '{}' },
    ],
    calls: [
      { name: 'find', arguments: '{"a":1}' },
      { name: 'track', arguments: '{}' },
    ],
  },
  {
    of: 'a name may come in pieces, late, or with each piece',
    pieces: [
      { index: 0, name: 'fi', arguments: '{' },
      { index: 0, name: 'nd', arguments: '}' },
      { index: 1, arguments: '{}' },
      { index: 1, name: 'track', arguments: '' },
      { index: 2, name: 'count', arguments: '{' },
      { index: 2, name: 'count', arguments: '}' },
      { index: 2, name: 'count', arguments: '' },
    ],
    calls: [
      { name: 'find', arguments: '{}' },
      { name: 'track', arguments: '{}' },
      { name: 'count', arguments: '{}' },
    ],
  },
];

for (const { of, pieces, calls } of table) {
  test(`reply calls: ${of}`, () => {
    assert.deepEqual(read(...pieces).all, calls);
  });
}

test('reply calls: a call is whole once, when name and arguments are there, and spoilt when it goes on', () => {
  const calls = new ReplyCalls();
  const changes = [
    { arguments: '{"text":"} \\" {",' },
    { arguments: '"more":{}}' },
    { name: 'find', arguments: '' },
    { arguments: ' \n' },
    { arguments: '{}' },
    { arguments: '}' },
  ].map((part) => calls.take({ type: 'call', index: 0, ...part })?.change);
  assert.deepEqual(changes, [undefined, undefined, 'whole', undefined, undefined, 'spoilt']);
});

test('reply calls: a call that was whole with empty arguments is whole anew with the real ones', () => {
  const calls = new ReplyCalls();
  const changes = ['{}', '{"a"', ':1}', '{}'].map(
    (text) => calls.take({ type: 'call', index: 0, name: 'find', id: 'a', arguments: text })?.change,
  );
  assert.deepEqual(changes, ['whole', 'spoilt', 'whole', undefined]);
});

test('reply calls: text in which only the braces fit is never whole', () => {
  const calls = new ReplyCalls();
  assert.equal(calls.take({ type: 'call', index: 0, name: 'find', arguments: '{a}' })?.change, undefined);
  assert.equal(calls.take({ type: 'call', index: 0, arguments: '}' })?.change, undefined);
});

test('reply calls: a reply that goes beyond its limit is full, and the call that did is marked', () => {
  const blank = ' '.repeat(MAX_CALLS_CHARS / 4);
  const calls = read({ index: 0, name: 'find', arguments: '{}' }, { index: 1, name: 'track', arguments: '{' });
  assert.equal(calls.isFull, false);
  for (let count = 0; count < 4; count += 1) calls.take({ type: 'call', index: 1, arguments: blank });
  assert.equal(calls.isFull, true);
  assert.deepEqual(
    calls.all.map(({ name, isTooLong }) => [name, isTooLong]),
    [
      ['find', undefined],
      ['track', true],
    ],
  );
});

test('reply calls: a reply that asks for more calls than it may is full, and has the first ones', () => {
  const calls = new ReplyCalls();
  let count = 0;
  for (; !calls.isFull; count += 1) calls.take({ type: 'call', index: count, name: `find_${count}`, arguments: '{}' });
  assert.equal(calls.size, count - 1);
  assert.equal(calls.all.at(-1)?.name, `find_${count - 2}`);
});
