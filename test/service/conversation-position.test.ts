import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import { ConversationPosition } from '../../service/conversation-position.ts';

const turn = (number: number) => ({ id: `turn ${number}, ${number % 2 ? 'ü' : ':'}`, number });
const told = (number: number, hasEnded: boolean) => ({ ...turn(number), hasEnded });
const parse = (text: string): ConversationPosition =>
  ConversationPosition.parse(text) ?? assert.fail(`'${text}' is none`);

test('position: a reader that begins now has what has ended, and nothing of what is open, whatever its number', () => {
  const position = ConversationPosition.now([
    told(1, true),
    told(2, false),
    told(3, false),
    told(3, true),
    told(4, false),
  ]);
  const all = [1, 2, 3, 4, 5].map((number) => position.hasAll(turn(number)));
  assert.deepEqual(all, [true, false, true, false, false]);
});

test('position: of the beginning nothing is had', () => {
  assert.equal(parse('0').hasAll(turn(1)), false);
  assert.equal(ConversationPosition.now([]).toString(), '0');
});

test('position: a turn that begins late, beside newer ones that have ended, is not had', () => {
  const position = parse('0');
  for (const number of [1, 3, 4]) position.end(turn(number));
  assert.equal(position.hasAll(turn(3)), true);
  position.meet(turn(5));
  position.end(turn(6));
  position.end(turn(7));
  assert.equal(parse(position.toString()).hasAll(turn(5)), false);
});

test('position: what is no position is none', () => {
  for (const text of ['', ' ', 'x', '1,', '1,2', '0,1:y:t', '0,1:2:', '0,1:2:%', '-1', '0,1:2:a b', '1'.repeat(16)]) {
    assert.equal(ConversationPosition.parse(text), undefined, text);
  }
});

const happening = fc.record({
  number: fc.integer({ min: 1, max: 12 }),
  seq: fc.integer({ min: 1, max: 9 }),
  ends: fc.boolean(),
});

test('position: whatever was read, its text stands for the same position, and names few turns that have ended', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const position = parse('0');
      for (const { number, seq, ends } of happenings) {
        if (position.hasAll(turn(number))) continue;
        position.meet(turn(number));
        if (ends) position.end(turn(number));
        else position.reach(turn(number), Math.max(seq, position.seqIn(turn(number))));
      }
      const again = parse(position.toString());
      assert.match(position.toString(), /^[\x21-\x7e]+$/);
      for (let number = 1; number <= 13; number += 1) {
        assert.equal(again.hasAll(turn(number)), position.hasAll(turn(number)));
        if (!position.hasAll(turn(number))) assert.equal(again.seqIn(turn(number)), position.seqIn(turn(number)));
      }
      assert.ok(position.toString().split(':x:').length <= 2);
    }),
  );
});

test('position: it stays as small after a thousand turns as after one', () => {
  const position = parse('0');
  for (let number = 1_000; number < 2_000; number += 1) {
    position.meet(turn(number));
    position.reach(turn(number), 1);
    position.end(turn(number));
  }
  assert.equal(position.toString(), `1998,1999:x:${encodeURIComponent(turn(1_999).id)}`);
});
