import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { processClock } from '../../live/clock.ts';
import { PlayoutReports, SILENT_MS, type PlayoutReport } from '../../live/playout-reports.ts';

const { signal } = new AbortController();
const sent = { sentMs: 1_000, isWhole: true };
const playing = (positionMs: number): PlayoutReport => ({ positionMs, state: 'playing' });

/** A moment from which on a client is no longer waited for. */
const longAgo = (): number => performance.now() - SILENT_MS - 1;

/** Whether it has come to an end, with all that can happen without anything from outside. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): boolean => (settled = true);
  promise.then(settle, settle);
  await turnOfLoop();
  return settled;
}

test('playout reports: a position never goes back, whatever the order of the reports', () => {
  const reports = new PlayoutReports(processClock);
  const positions = [100, 400, 200, 400, 300].map((positionMs) => {
    reports.take(playing(positionMs), sent);
    return reports.positionMs;
  });
  assert.deepEqual(positions, [100, 400, 400, 400, 400]);
});

test('playout reports: a position beyond what was sent counts as all of it, and as no more when more is sent', () => {
  const reports = new PlayoutReports(processClock);
  reports.take(playing(9_000), { sentMs: 300, isWhole: false });
  assert.equal(reports.positionMs, 300);
  reports.take(playing(350), { sentMs: 800, isWhole: false });
  assert.equal(reports.positionMs, 350);
});

test("playout reports: 'finished' counts as all that was sent, whatever its position", () => {
  const reports = new PlayoutReports(processClock);
  reports.take({ positionMs: 10, state: 'finished' }, sent);
  assert.equal(reports.positionMs, 1_000);
});

test('playout reports: the first one says that the speech has started, whatever it says beside', async () => {
  for (const state of ['started', 'playing', 'finished'] as const) {
    const reports = new PlayoutReports(processClock);
    const started = reports.started(performance.now(), signal);
    assert.equal(await isSettled(started), false);
    reports.take({ positionMs: 0, state }, sent);
    assert.equal(await started, true);
  }
});

test('playout reports: a client that does not report the start in time is not there', async () => {
  assert.equal(await new PlayoutReports(processClock).started(longAgo(), signal), false);
});

test('playout reports: the end comes with the last position, and not with one before it', async () => {
  const reports = new PlayoutReports(processClock);
  reports.take(playing(0), sent);
  const ended = reports.ended(1_000, performance.now(), signal);
  reports.take(playing(999), sent);
  assert.equal(await isSettled(ended), false);
  reports.take(playing(1_000), sent);
  assert.equal(await ended, true);
});

test("playout reports: 'finished' is the end of a whole speech, and not of one of which more is sent", async () => {
  const reports = new PlayoutReports(processClock);
  const finished: PlayoutReport = { positionMs: 0, state: 'finished' };
  reports.take(finished, { sentMs: 500, isWhole: false });
  const ended = reports.ended(1_000, performance.now(), signal);
  assert.equal(await isSettled(ended), false);
  reports.take(finished, { sentMs: 500, isWhole: true });
  assert.equal(await ended, true);
});

test('playout reports: a client that plays late is waited for, as long as it reports', async () => {
  const reports = new PlayoutReports(processClock);
  reports.take(playing(100), sent);
  const ended = reports.ended(1_000, longAgo(), signal);
  assert.equal(await isSettled(ended), false);
  reports.take(playing(1_000), sent);
  assert.equal(await ended, true);
});

test('playout reports: a client that falls silent before the end has not played it', async () => {
  const reports = new PlayoutReports(processClock);
  reports.take(playing(999), sent);
  assert.equal(await reports.ended(1_000, longAgo(), signal), false);
  assert.equal(reports.positionMs, 999);
});

test('playout reports: who waits for one leaves with the reason of the signal, and leaves nothing waiting', async () => {
  const reports = new PlayoutReports(processClock);
  const cut = new AbortController();
  const waiting = [reports.started(performance.now(), cut.signal), reports.ended(1_000, performance.now(), cut.signal)];
  cut.abort(new Error('The caller spoke'));
  for (const wait of waiting) await assert.rejects(wait, /The caller spoke/);
  await assert.rejects(reports.started(performance.now(), cut.signal), /The caller spoke/);
});
