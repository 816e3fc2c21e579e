import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Patience } from '../../time/request-patience.ts';
import { stall } from '../faults/stall.ts';
import { TestClock } from '../test-clock.ts';

const never = new Promise<never>(() => undefined);

test('patience: it is over after its time, all waits together, and none of them keeps a timer', async () => {
  const clock = new TestClock();
  {
    using patience = new Patience(1_000, clock);
    let isKept = false;
    const first = patience.waitFor(never, 600).then(() => (isKept = true));
    await clock.advance(399);
    assert.equal(isKept, false);
    await clock.advance(1);
    await first;
    assert.equal(patience.leftMs, 600);
    const second = patience.waitFor(never);
    await clock.advance(600);
    assert.equal(await second, undefined);
    assert.equal(patience.leftMs, 0);
    assert.equal(await patience.waitFor(Promise.resolve('there')), 'there');
  }
  assert.equal(clock.waiting, 0);
});

test('patience: while this process stands still its time does not go on', async () => {
  using patience = new Patience(60_000);
  stall(1_000);
  assert.ok(patience.leftMs > 59_500, `${patience.leftMs} ms are left`);
  await patience.waitFor(new Promise(setImmediate));
  assert.ok(patience.leftMs > 59_500, `${patience.leftMs} ms are left`);
});
