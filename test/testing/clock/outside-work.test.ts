import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { OutsideWork } from '../../../testing/clock/outside-work.ts';

test('outside work: work that was due while the process stood still is not given up', async () => {
  // The timer of the work is no more than this process had when the test began.
  const earlier = setTimeout(() => undefined, 60_000);
  const outside = new OutsideWork();
  clearTimeout(earlier);
  const working = outside.follow('a database', () => delay(5));
  const moved = outside.hasMoved();
  const untilMs = performance.now() + 400;
  while (performance.now() < untilMs);
  assert.equal(await moved, true);
  await working;
});
