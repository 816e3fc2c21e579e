import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processIdentity, servedTogether, sinceOf, type ServingProcess } from '../../record/serving-processes.ts';

/** `sinceMs`: what it saw when it started: when others had last asked. */
const serving = (identity: string, askedAtMs: number, sinceMs = 0): ServingProcess => ({
  ...{ identity, askedAtMs, sinceMs },
});

const cases: [behaviour: string, all: ServingProcess[], together: string[]][] = [
  ['nobody serves', [], []],
  ['one process that was killed is alone', [serving('killed', 5_000)], ['killed']],
  [
    'a process and the one that it replaces are not two',
    [serving('old', 5_000), serving('new', 9_000, 5_000)],
    ['new'],
  ],
  ['a chain of restarts is one', [serving('a', 1), serving('b', 20, 1), serving('c', 30, 20)], ['c']],
  ['two that started at once are two', [serving('a', 5_000), serving('b', 5_001)], ['a', 'b']],
  ['one that asks again after the other started', [serving('a', 61_000), serving('b', 60_000, 5_000)], ['a', 'b']],
  ['one that was silent for over a minute is gone', [serving('a', 10_000), serving('b', 90_000, 5_000)], ['b']],
];

for (const [behaviour, all, together] of cases) {
  test(`serving processes: ${behaviour}`, () => {
    const found = servedTogether(all).map(({ identity }) => identity);
    assert.deepEqual(found, together);
  });
}

test('serving processes: what a process saw at its start is in its name, and one of another release has seen nobody', () => {
  const identity = processIdentity('legato-orders-home-1', { seen: [serving('old', 1_234.6), serving('older', 12)] });
  assert.equal(sinceOf(identity), 1_235);
  assert.equal(sinceOf('legato-serve 12@host legato-orders-home-1'), 0);
  assert.match(processIdentity('legato-orders-home-1', undefined), /^\d+@/);
});
