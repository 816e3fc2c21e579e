import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { PlayoutReports, SILENT_MS, type PlayoutReport } from '../../../live/speech/playout-reports.ts';
import { TestClock, whereWaits } from '../../test-clock.ts';

const { signal } = new AbortController();
const sent = { sentMs: 1_000, isWhole: true };
const playing = (positionMs: number): PlayoutReport => ({ positionMs, state: 'playing' });

/** Whether it has come to an end, with all that can happen without anything from outside. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): boolean => (settled = true);
  promise.then(settle, settle);
  await turnOfLoop();
  return settled;
}

test('playout reports: a position never goes back, whatever the order of the reports', () => {
  const reports = new PlayoutReports(new TestClock());
  const positions = [100, 400, 200, 400, 300].map((positionMs) => {
    reports.take(playing(positionMs), sent);
    return reports.positionMs;
  });
  assert.deepEqual(positions, [100, 400, 400, 400, 400]);
});

test('playout reports: a position beyond what was sent counts as all of it, and as no more when more is sent', () => {
  const reports = new PlayoutReports(new TestClock());
  reports.take(playing(9_000), { sentMs: 300, isWhole: false });
  assert.equal(reports.positionMs, 300);
  reports.take(playing(350), { sentMs: 800, isWhole: false });
  assert.equal(reports.positionMs, 350);
});

test("playout reports: 'finished' counts as all that was sent, whatever its position", () => {
  const reports = new PlayoutReports(new TestClock());
  reports.take({ positionMs: 10, state: 'finished' }, sent);
  assert.equal(reports.positionMs, 1_000);
});

test('playout reports: the first one says that the speech has started, whatever it says beside', async () => {
  for (const state of ['started', 'playing', 'finished'] as const) {
    const reports = new PlayoutReports(new TestClock());
    const started = reports.started(0, signal);
    assert.equal(await isSettled(started), false);
    reports.take({ positionMs: 0, state }, sent);
    assert.equal(await started, true);
  }
});

test('playout reports: a client that does not report the start in time is not there', async () => {
  const clock = new TestClock();
  const started = new PlayoutReports(clock).started(500, signal);
  await clock.advance(500 + SILENT_MS - 1);
  assert.equal(await isSettled(started), false);
  await clock.advance(1);
  assert.equal(await started, false);
});

test('playout reports: the end comes with the last position, and not with one before it', async () => {
  const reports = new PlayoutReports(new TestClock());
  reports.take(playing(0), sent);
  const ended = reports.ended(1_000, 0, signal);
  reports.take(playing(999), sent);
  assert.equal(await isSettled(ended), false);
  reports.take(playing(1_000), sent);
  assert.equal(await ended, true);
});

test("playout reports: 'finished' is the end of a whole speech, and not of one of which more is sent", async () => {
  const reports = new PlayoutReports(new TestClock());
  const finished: PlayoutReport = { positionMs: 0, state: 'finished' };
  reports.take(finished, { sentMs: 500, isWhole: false });
  const ended = reports.ended(1_000, 0, signal);
  assert.equal(await isSettled(ended), false);
  reports.take(finished, { sentMs: 500, isWhole: true });
  assert.equal(await ended, true);
});

test('playout reports: a client that plays late is waited for, as long as it reports', async () => {
  const clock = new TestClock();
  const reports = new PlayoutReports(clock);
  reports.take(playing(0), sent);
  const ended = reports.ended(1_000, 1_000, signal);
  for (const positionMs of [100, 101, 102]) {
    await clock.advance(SILENT_MS);
    reports.take(playing(positionMs), sent);
  }
  await clock.advance(898 + SILENT_MS - 1);
  assert.equal(await isSettled(ended), false);
  reports.take(playing(1_000), sent);
  assert.equal(await ended, true);
});

test('playout reports: a client that falls silent before the end has not played it', async () => {
  const clock = new TestClock();
  const reports = new PlayoutReports(clock);
  reports.take(playing(999), sent);
  const ended = reports.ended(1_000, 300, signal);
  await clock.advance(300 + SILENT_MS);
  assert.equal(await ended, false);
  assert.equal(reports.positionMs, 999);
});

test('playout reports: who waits for one leaves with the reason of the signal, and leaves nothing waiting', async () => {
  const reports = new PlayoutReports(new TestClock());
  const cut = new AbortController();
  const waiting = [reports.started(0, cut.signal), reports.ended(1_000, 0, cut.signal)];
  cut.abort(new Error('The caller spoke'));
  for (const wait of waiting) await assert.rejects(wait, /The caller spoke/);
  await assert.rejects(reports.started(0, cut.signal), /The caller spoke/);
});

test('playout reports: a client that is silent while this process stands still is given the time anew', async () => {
  for (const beforeMs of [0, 700, 1_999]) {
    const clock = new TestClock();
    const reports = new PlayoutReports(clock);
    const started = reports.started(0, signal);
    await clock.advance(beforeMs);
    clock.stall(10_000);
    await clock.advance(SILENT_MS - 1);
    assert.equal(await isSettled(started), false, `${beforeMs} ms`);
    await clock.advance(1);
    assert.equal(await started, false);
  }
});

test('playout reports: a report that waits to be read when the time is over counts', async () => {
  const clock = new TestClock();
  const waits = whereWaits(clock, SILENT_MS, () => reports.take(playing(100), sent));
  const reports = new PlayoutReports(waits);
  const started = reports.started(0, signal);
  await clock.advance(SILENT_MS);
  assert.equal(await started, true);
});
