import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item } from '../../contract/items.ts';
import { HISTORY_LIMIT_BYTES } from '../../contract/history.ts';
import { KnownConversations, type OpenItems } from '../../server/known-conversations.ts';

const words = (...texts: string[]): Item[] => texts.map((text) => ({ type: 'user', text }));
const turn = (number: number) => ({ id: `turn-${number}`, number });
const none: OpenItems = () => undefined;

/** A conversation that was read when its next turn is number 3. */
function learned(): KnownConversations {
  const known = new KnownConversations();
  known.learn('c', { agent: 'shop', items: words('1', '2'), nextNumber: 3 });
  return known;
}

test('known conversations: the next turn has the next number, and all before it', () => {
  const known = learned();
  known.began('c', turn(3));
  assert.equal(known.get('c')?.nextNumber, 4);
  known.ended('c', 'turn-3', words('3'));
  assert.deepEqual(known.itemsBefore('c', 4, none), words('1', '2', '3'));
  assert.deepEqual(known.get('c')?.items, words('1', '2', '3'));
  assert.deepEqual(known.get('c')?.turns, []);
});

test('known conversations: a turn that is still open counts with what it has said until now', () => {
  const known = learned();
  known.began('c', turn(3));
  known.began('c', turn(4));
  const open: OpenItems = (id) => (id === 'turn-3' ? words('so far') : assert.fail(`${id} was asked`));
  assert.deepEqual(known.itemsBefore('c', 4, open), words('1', '2', 'so far'));
  assert.deepEqual(known.itemsBefore('c', 4, none), words('1', '2'));
});

test('known conversations: a turn that ends after its successor keeps its place', () => {
  const known = learned();
  known.began('c', turn(3));
  known.began('c', turn(4));
  known.ended('c', 'turn-4', words('4'));
  assert.deepEqual(known.itemsBefore('c', 5, none), words('1', '2', '4'));
  assert.deepEqual(
    known.get('c')?.turns.map(({ id }) => id),
    ['turn-3', 'turn-4'],
  );
  known.ended('c', 'turn-3', words('3'));
  assert.deepEqual(known.itemsBefore('c', 5, none), words('1', '2', '3', '4'));
  assert.deepEqual(known.get('c')?.turns, []);
});

test('known conversations: a turn sees no turn that came after it', () => {
  const known = learned();
  for (const number of [3, 4, 5]) known.began('c', turn(number));
  known.ended('c', 'turn-5', words('5'));
  known.ended('c', 'turn-4', words('4'));
  assert.deepEqual(
    known.itemsBefore('c', 4, () => words('3')),
    words('1', '2', '3'),
  );
});

test('known conversations: a turn that never was leaves no items, and holds up no turn behind it', () => {
  const known = learned();
  known.began('c', turn(3));
  known.began('c', turn(4));
  known.ended('c', 'turn-4', words('4'));
  known.ended('c', 'turn-3');
  assert.deepEqual(known.get('c')?.items, words('1', '2', '4'));
  assert.deepEqual(known.get('c')?.turns, []);
});

test('known conversations: a number that was used is not used again, whatever comes late', () => {
  const known = learned();
  known.began('c', turn(7));
  known.began('c', turn(3));
  assert.equal(known.get('c')?.nextNumber, 8);
});

test('known conversations: one that was not learned, or was forgotten, is asked for again', () => {
  const known = learned();
  known.began('other', turn(1));
  known.ended('other', 'turn-1', words('1'));
  assert.equal(known.get('other'), undefined);
  assert.deepEqual(known.itemsBefore('other', 2, none), []);
  known.forget('c');
  assert.equal(known.get('c'), undefined);
});

test('known conversations: no more is kept of one than goes into the start of a turn', () => {
  const known = learned();
  const long = 'x'.repeat(HISTORY_LIMIT_BYTES / 2 - 1_000);
  for (const number of [3, 4, 5]) {
    known.began('c', turn(number));
    known.ended('c', `turn-${number}`, words(`${number}${long}`));
  }
  const kept = known.get('c')?.items ?? [];
  assert.deepEqual(
    kept.map((item) => item.type === 'user' && item.text[0]),
    ['4', '5'],
  );
});
