import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClaimableRuns } from '../../../live/turns/claimable-runs.ts';
import { processClock } from '../../../time/clock.ts';

test('claimable runs: a step with equal input joins the run, before and after it has ended (I3)', async () => {
  const claimable = new ClaimableRuns(processClock);
  const work = Promise.withResolvers<string>();
  let runs = 0;
  const run = (): Promise<string> => {
    runs += 1;
    return work.promise;
  };
  const first = claimable.join('tool:1:0:refund', { order: '1' }, run);
  const second = claimable.join('tool:1:0:refund', { order: '1' }, run);
  work.resolve('done');
  assert.deepEqual(await Promise.all([first, second]), ['done', 'done']);
  assert.equal(await claimable.join('tool:1:0:refund', { order: '1' }, run), 'done');
  assert.equal(runs, 1);
});

test('claimable runs: a step with another input drops the earlier run and is done anew (I3)', async () => {
  const claimable = new ClaimableRuns(processClock);
  const signals: AbortSignal[] = [];
  const run = async (signal: AbortSignal): Promise<number> => Promise.resolve(signals.push(signal));
  await claimable.join('think:2', { round: 2 }, run);
  assert.equal(await claimable.join('think:2', { round: 3 }, run), 2);
  assert.deepEqual(
    signals.map((signal) => signal.aborted),
    [true, false],
  );
});

test('claimable runs: what still runs is aborted when the turn is over', async () => {
  const claimable = new ClaimableRuns(processClock);
  const aborted = claimable.join('voice:1', {}, async (signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    return 'stopped';
  });
  claimable.dispose();
  assert.equal(await aborted, 'stopped');
});

test('claimable runs: a step that is dropped in the tick in which it begins is aborted', async () => {
  const claimable = new ClaimableRuns(processClock);
  const isAborted = claimable.join('tool:1:0:pay', {}, async (signal) => {
    claimable.cancelAll(() => true);
    return Promise.resolve(signal.aborted);
  });
  assert.equal(await isAborted, true);
});
