import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item } from '../../contract/items.ts';
import { HISTORY_LIMIT_BYTES } from '../../contract/history.ts';
import { KnownConversations, KnownTurn } from '../../conversations/known-conversations.ts';

const words = (...texts: string[]): Item[] => texts.map((text) => ({ type: 'user', text }));

/** A conversation that was read when its next turn is number 3. */
function learned(): KnownConversations {
  const known = new KnownConversations();
  known.learn('c', { facts: {}, posts: new Map(), agent: 'shop', items: words('1', '2'), nextNumber: 3 });
  return known;
}

/** A turn that has begun, and has said this until now. */
function begun(known: KnownConversations, number: number, ...texts: string[]): KnownTurn {
  const turn = new KnownTurn({ id: `turn-${number}`, number });
  turn.follow({ ownItems: words(...texts), state: 'bound' });
  known.add('c', turn);
  return turn;
}

const itemsBefore = (known: KnownConversations, number: number) => known.before('c', number)();

test('known conversations: the next turn has the next number, and all before it', () => {
  const known = learned();
  const turn = begun(known, 3);
  assert.equal(known.get('c')?.nextNumber, 4);
  known.end('c', turn, words('3'));
  assert.deepEqual(itemsBefore(known, 4), words('1', '2', '3'));
  assert.deepEqual(known.get('c')?.items, words('1', '2', '3'));
  assert.deepEqual(known.get('c')?.turns, []);
});

test('known conversations: a turn that is still open counts with what it has said until now', () => {
  const known = learned();
  begun(known, 3, 'so far');
  begun(known, 4, 'its own');
  assert.deepEqual(itemsBefore(known, 4), words('1', '2', 'so far'));
});

test('known conversations: a turn that ends after its successor keeps its place', () => {
  const known = learned();
  const [third, fourth] = [begun(known, 3), begun(known, 4)];
  known.end('c', fourth, words('4'));
  assert.deepEqual(itemsBefore(known, 5), words('1', '2', '4'));
  assert.deepEqual(
    known.get('c')?.turns.map(({ id }) => id),
    ['turn-3', 'turn-4'],
  );
  known.end('c', third, words('3'));
  assert.deepEqual(itemsBefore(known, 5), words('1', '2', '3', '4'));
  assert.deepEqual(known.get('c')?.turns, []);
});

test('known conversations: a turn that comes here after its successor keeps its place', () => {
  const known = learned();
  begun(known, 4, '4');
  begun(known, 3, '3');
  assert.deepEqual(itemsBefore(known, 5), words('1', '2', '3', '4'));
});

test('known conversations: a turn sees no turn that came after it', () => {
  const known = learned();
  const [, fourth, fifth] = [begun(known, 3, '3'), begun(known, 4), begun(known, 5)];
  known.end('c', fifth, words('5'));
  known.end('c', fourth, words('4'));
  assert.deepEqual(itemsBefore(known, 4), words('1', '2', '3'));
});

test('known conversations: a turn that never was leaves no items, and holds up no turn behind it', () => {
  const known = learned();
  const [third, fourth] = [begun(known, 3, 'never'), begun(known, 4)];
  third.follow({ ownItems: words('never'), state: 'refused' });
  assert.deepEqual(itemsBefore(known, 4), words('1', '2'));
  known.end('c', fourth, words('4'));
  known.end('c', third);
  assert.deepEqual(known.get('c')?.items, words('1', '2', '4'));
  assert.deepEqual(known.get('c')?.turns, []);
});

test('known conversations: a number that was used is not used again, whatever comes late', () => {
  const known = learned();
  begun(known, 7);
  begun(known, 3);
  assert.equal(known.get('c')?.nextNumber, 8);
});

test('known conversations: one that was not learned, or was forgotten for others, is asked for again', () => {
  const known = new KnownConversations(1);
  known.end('other', begun(known, 1), words('1'));
  assert.equal(known.get('c'), undefined);
  assert.deepEqual(itemsBefore(known, 2), []);
  known.learn('c', { facts: {}, posts: new Map(), agent: 'shop', items: [], nextNumber: 1 });
  known.learn('d', { facts: {}, posts: new Map(), agent: 'shop', items: [], nextNumber: 1 });
  assert.equal(known.get('c'), undefined);
});

test('known conversations: an open turn keeps what came before it, and how that goes on, when the conversation is forgotten', () => {
  const known = new KnownConversations(1);
  known.learn('c', { facts: {}, posts: new Map(), agent: 'shop', items: words('1', '2'), nextNumber: 3 });
  const third = begun(known, 3, 'so far');
  const before = known.before('c', 4);
  known.learn('d', { facts: {}, posts: new Map(), agent: 'shop', items: [], nextNumber: 1 });
  assert.deepEqual(before(), words('1', '2', 'so far'));
  known.end('c', third, words('3'));
  assert.deepEqual(before(), words('1', '2', '3'));
});

test('known conversations: no more is kept of one than goes into the start of a turn', () => {
  const known = learned();
  const long = 'x'.repeat(HISTORY_LIMIT_BYTES / 2 - 1_000);
  for (const number of [3, 4, 5]) known.end('c', begun(known, number), words(`${number}${long}`));
  const kept = known.get('c')?.items ?? [];
  assert.deepEqual(
    kept.map((item) => item.type === 'user' && item.text[0]),
    ['4', '5'],
  );
});
