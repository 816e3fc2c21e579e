import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { TestClock } from 'legato/testing';
import { arrivals } from '../../../time/silence.ts';

test('TestClock: who waits for different moments is told in their order, each before time goes on', async () => {
  const clock = new TestClock();
  const seen: [who: string, nowMs: number][] = [];
  const wait = async (who: string, ms: number): Promise<void> => {
    let isOver = false;
    clock.after(ms, () => (isOver = true));
    await clock.runUntil(() => isOver);
    seen.push([who, clock.nowMs()]);
  };
  await Promise.all([wait('late', 30), wait('early', 10), wait('soon', 20)]);
  assert.deepEqual(seen, [
    ['early', 10],
    ['soon', 20],
    ['late', 30],
  ]);
});

test('TestClock: where nothing waits for time any more it says so', async () => {
  const clock = new TestClock();
  await assert.rejects(
    clock.runUntil(() => false),
    /The clock cannot go on: nothing waits for time any more/,
  );
});

test('TestClock: where what a timer has ended waits for what has arrived, and what that ends does so too, it is not over', async () => {
  const clock = new TestClock();
  let isOver = false;
  clock.after(10, () => {
    void arrivals()
      .then(arrivals)
      .then(() => (isOver = true));
  });
  await clock.runUntil(() => isOver);
  assert.equal(clock.nowMs(), 10);
});

test('TestClock: work that hangs is named', async () => {
  const clock = new TestClock();
  void clock.outside.follow('tool pay', () => new Promise(() => undefined));
  await assert.rejects(
    clock.runUntil(() => false),
    /The clock cannot go on: 'tool pay' has not ended/,
  );
});

const REAL: readonly [what: string, work: () => Promise<unknown>][] = [
  ['a real timer', () => delay(80)],
  ['a file', () => readFile(import.meta.filename)],
];
for (const [what, work] of REAL) {
  test(`TestClock: it stands still while followed work waits for ${what}`, async () => {
    const clock = new TestClock();
    clock.after(1_000, () => undefined);
    let endedMs = -1;
    void clock.outside.follow('work', work).then(() => (endedMs = clock.nowMs()));
    await clock.runUntil(() => endedMs >= 0);
    assert.equal(endedMs, 0);
  });
}

test('TestClock: a sleep is over at its time, or with its signal', async () => {
  const clock = new TestClock();
  const stop = new AbortController();
  const sleeping = clock.sleep(1_000, stop.signal);
  let slept = false;
  void clock.sleep(10).then(() => (slept = true));
  await clock.advance(10);
  assert.ok(slept);
  stop.abort(new Error('enough'));
  await assert.rejects(sleeping, /enough/);
  await assert.rejects(clock.sleep(10, stop.signal), /enough/);
  assert.equal(clock.waiting, 0);
});
