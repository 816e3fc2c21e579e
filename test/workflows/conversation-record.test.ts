import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import type { ConversationRecord, TurnEnded } from '../../contract/conversation.ts';
import type { Item } from '../../contract/items.ts';
import { jsonBytes } from '../../turn/json-bytes.ts';
import {
  CONVERSATION_LIMIT_BYTES,
  withinLimit,
  withTurnBegan,
  withTurnEnded,
} from '../../workflows/conversation-record.ts';

const AT = '2026-01-01T00:00:00.000Z';
const NEW: ConversationRecord = { agent: 'shop', createdAt: AT, turns: [], items: [], omittedItems: 0 };

const user = (text: string): Item => ({ type: 'user', text });
const began = (number: number) => ({ id: `turn-${number}`, number, startedAt: AT });
const ended = (number: number, texts: readonly string[] = [`${number}`]): TurnEnded => ({
  ...began(number),
  outcome: 'answered',
  items: texts.map(user),
});

const end = (record: ConversationRecord, turn: TurnEnded): ConversationRecord => withTurnEnded(record, turn, AT);
const texts = ({ items }: ConversationRecord): string[] =>
  items.map((item) => (item.type === 'user' ? item.text : item.type));
const states = ({ turns }: ConversationRecord): string[] => turns.map(({ id, state }) => `${id} ${state}`);

test('conversation record: a turn is running from its beginning to its end', () => {
  const running = withTurnBegan(NEW, began(1));
  assert.deepEqual(running.turns, [{ ...began(1), state: 'running' }]);
  const over = end(running, ended(1, ['a', 'b']));
  const last = { state: 'finished', outcome: 'answered', finishedAt: AT, itemCount: 2 };
  assert.deepEqual(over.turns, [{ ...began(1), ...last }]);
  assert.deepEqual(texts(over), ['a', 'b']);
});

test('conversation record: a turn that ends after its successor keeps its place', () => {
  const both = [began(1), began(2)].reduce(withTurnBegan, NEW);
  const late = end(end(both, ended(2, ['c', 'd'])), ended(1, ['a', 'b']));
  assert.deepEqual(texts(late), ['a', 'b', 'c', 'd']);
  assert.deepEqual(states(late), ['turn-1 finished', 'turn-2 finished']);
});

test('conversation record: what an older home reports is ignored once a newer one was seen, and a correction is not', () => {
  const taken = withTurnBegan(withTurnBegan(NEW, began(1)), { ...began(1), epoch: 2 });
  assert.deepEqual(taken.turns, [{ ...began(1), state: 'running', epoch: 2 }]);
  for (const old of [ended(1), { ...ended(1), epoch: 1 }]) assert.deepEqual(end(taken, old), taken);
  assert.deepEqual(withTurnBegan(taken, { ...began(1), epoch: 1 }), taken);
  assert.deepEqual(states(end(taken, { ...ended(1), epoch: 2 })), ['turn-1 finished']);
  const corrected = end(taken, { ...ended(1, ['a']), corrects: true });
  assert.deepEqual([states(corrected), texts(corrected)], [['turn-1 finished'], ['a']]);
});

test('conversation record: a turn that is taken over after its end was reported is corrected by the new home alone', () => {
  const told = end(NEW, ended(1, ['a']));
  const taken = withTurnBegan(told, { ...began(1), epoch: 1 });
  assert.deepEqual(states(taken), ['turn-1 finished']);
  const corrected = end(taken, { ...ended(1, ['b']), epoch: 1, corrects: true });
  assert.deepEqual(texts(end(corrected, ended(1, ['c']))), ['b']);
});

test('conversation record: an older home that has lost the workflow does not correct what a newer one reports', () => {
  const taken = withTurnBegan(withTurnBegan(NEW, began(1)), { ...began(1), epoch: 1 });
  const stale = { ...ended(1, ['stale']), corrects: true, byHome: true } as const;
  assert.deepEqual(end(taken, stale), taken);
  const told = end(taken, { ...ended(1, ['new']), epoch: 1 });
  assert.deepEqual(texts(end(told, stale)), ['new']);
  assert.deepEqual(texts(end(told, { ...stale, epoch: 1 })), ['stale']);
});

test('conversation record: one of three that ends last stands between the other two', () => {
  const record = [3, 1, 2].reduce((before, number) => end(before, ended(number, [`${number}a`, `${number}b`])), NEW);
  assert.deepEqual(texts(record), ['1a', '1b', '2a', '2b', '3a', '3b']);
});

test('conversation record: a repeat of an end, and a begin that comes after it, change nothing', () => {
  const over = end(NEW, ended(1));
  assert.deepEqual(end(over, ended(1, ['again'])), over);
  assert.deepEqual(withTurnBegan(over, began(1)), over);
});

test('conversation record: a corrected end takes the place of what was told, wherever it stands', () => {
  const all = [1, 2, 3].reduce((before, number) => end(before, ended(number, [`${number}a`, `${number}b`])), NEW);
  const corrected = end(all, { ...ended(2, ['c']), outcome: 'expired', corrects: true });
  assert.deepEqual(texts(corrected), ['1a', '1b', 'c', '3a', '3b']);
  assert.deepEqual(
    corrected.turns.map(({ number, outcome, itemCount }) => [number, outcome, itemCount]),
    [
      [1, 'answered', 2],
      [2, 'expired', 1],
      [3, 'answered', 2],
    ],
  );
  assert.deepEqual(texts(end(NEW, { ...ended(1), corrects: true })), ['1']);
});

test('conversation record: any order of ends gives one record, with repeats or without', () => {
  const turns = [1, 2, 3, 4, 5].map((number) => ended(number, Array<string>(number % 3).fill(`${number}`)));
  const whole = turns.reduce(end, NEW);
  const happenings = turns.flatMap((turn) => [
    (record: ConversationRecord) => withTurnBegan(record, turn),
    (record: ConversationRecord) => end(record, turn),
    (record: ConversationRecord) => end(record, turn),
  ]);
  const orders = fc.shuffledSubarray(happenings, { minLength: happenings.length });
  fc.assert(
    fc.property(orders, (order) => {
      const record = order.reduce((before, happen) => happen(before), NEW);
      assert.deepEqual(record, whole);
    }),
  );
});

test('conversation record: beyond the limit the oldest items go and are counted, and later ends still find their place', () => {
  const long = 'x'.repeat(400 * 1024);
  const record = [ended(1, [long]), ended(3, [`${long}3`]), ended(4, [`${long}4`])].reduce(end, NEW);
  assert.deepEqual([record.items.length, record.omittedItems], [2, 1]);
  const late = end(record, ended(2, ['2']));
  assert.deepEqual(
    texts(late).map((text) => text.slice(-1)),
    ['2', '3', '4'],
  );
  assert.equal(late.omittedItems, 1);
});

test('conversation record: its limit counts bytes, turns and metadata too, whatever the language', () => {
  const numbers = Array.from({ length: 210 }, (_, index) => index + 1);
  const metadata = Object.fromEntries(numbers.slice(0, 16).map((number) => [`key-${number}`, '語'.repeat(512)]));
  const full = numbers.reduce<ConversationRecord>(
    (record, number) => end(record, ended(number, ['語'.repeat(3_000)])),
    {
      ...NEW,
      metadata,
    },
  );
  assert.ok(jsonBytes(full) <= CONVERSATION_LIMIT_BYTES, `${jsonBytes(full)} bytes`);
  assert.ok(jsonBytes(full) > CONVERSATION_LIMIT_BYTES - 10_000, `${jsonBytes(full)} bytes`);
  assert.equal(full.items.length + full.omittedItems, 210);
});

test('conversation record: of a turn that is larger than a turn may be, texts are cut with a note', () => {
  const items = [...ended(1, ['Hello']).items, ...ended(1, ['x'.repeat(700 * 1024), 'y'.repeat(700 * 1024)]).items];
  const record = end(NEW, { ...ended(1), items });
  assert.equal(record.items.length, 3);
  assert.equal(record.omittedItems, 0);
  assert.deepEqual(record.items[0], user('Hello'));
  assert.match(texts(record)[1] ?? '', /^x+… \[cut\]$/);
});

test('conversation record: one that an older version left too large loses its oldest items when it is opened', () => {
  const items = Array.from({ length: 30 }, (_, number) => user(`${number} ${'語'.repeat(16 * 1024)}`));
  const record = withinLimit({ ...NEW, items, omittedItems: 7 });
  assert.ok(jsonBytes(record) <= CONVERSATION_LIMIT_BYTES);
  assert.deepEqual(record.items.at(-1), items.at(-1));
  assert.equal(record.items.length + record.omittedItems, 37);
});

test('conversation record: of more than 200 turns the latest are kept', () => {
  const numbers = Array.from({ length: 203 }, (_, index) => index + 1);
  const { turns, items } = numbers.reduce((record, number) => end(record, ended(number)), NEW);
  assert.deepEqual([turns.length, turns[0]?.number, turns.at(-1)?.number], [200, 4, 203]);
  assert.equal(items.length, 203);
});
