import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { KINDS, type Kind } from './booking.ts';
import { bookTurn, type BookedTurn } from './booked-turn.ts';
import { Homes } from './homes.ts';

// The course of a write in its process, from the activity's task to its answer, with the process dying before each one of its
// continuations: whatever is awaited there, now or later, is one of them.

const homes = new Homes();
after(() => homes[Symbol.asyncDispose]());

/** The record says the truth: what it calls done was done, and what it cannot know it calls unknown. */
function check(turn: BookedTurn, kind: Kind): void {
  const result = turn.items.find((item) => item.type === 'result');
  assert.equal(turn.outcome, 'answered');
  assert.ok(turn.bookings <= 1, `It was booked ${turn.bookings} times`);
  if (result?.ok) {
    assert.deepEqual([result.result, turn.bookings, turn.unknownCall], ['B-1', 1, undefined]);
    return;
  }
  assert.equal(result?.error?.kind, 'outcome_unknown');
  assert.equal(turn.unknownCall, result.call);
  assert.equal(kind, 'plain', 'A write that can be repeated or asked for has a result');
}

/** Has the last home die before its first continuation, its second, and so on until it lives to its end. */
async function dieEverywhere(kind: Kind, before: readonly number[]): Promise<readonly BookedTurn[]> {
  const turns: BookedTurn[] = [];
  for (let diesAt = 0; ; diesAt += 1) {
    const turn = await bookTurn(homes, { kind, diesAt: [...before, diesAt] });
    check(turn, kind);
    turns.push(turn);
    if (turn.deaths === before.length) return turns;
  }
}

for (const kind of KINDS) {
  test(`write course: a ${kind} write has one effect, or an unknown one, wherever in its course the process dies`, async () => {
    const turns = await dieEverywhere(kind, []);
    assert.ok(turns.length > 20, `The course had ${turns.length - 1} continuations`);
    // Some deaths came before the effect, and some after it.
    const counts = new Set(turns.map(({ asked }) => asked));
    assert.deepEqual([...counts].sort(), kind === 'idempotent' ? [1, 2] : kind === 'plain' ? [0, 1] : [1]);
  });
}

for (const [kind, first] of [
  ['idempotent', 'done'],
  ['reconciled', 'done'],
  ['reconciled', 'not done'],
] as const) {
  test(`write course: a ${kind} write that the first process has ${first} has one effect, wherever the second one dies`, async () => {
    const alive = await bookTurn(homes, { kind, diesAt: [] });
    // Before its last continuation all is done but the answer; before its first one, nothing.
    const turns = await dieEverywhere(kind, [first === 'done' ? alive.boundaries - 1 : 0]);
    assert.ok(turns.length > 10, `The course had ${turns.length} continuations`);
  });
}
