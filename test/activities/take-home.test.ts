import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elapsedMs } from '../../activities/take-home.ts';

const HOUR_MS = 3_600_000;
/** Temporal's clock, which is an hour behind that of this machine. */
const temporalNowMs = Date.now() - HOUR_MS;
const startedAt = new Date(temporalNowMs - 5_000).toISOString();

test('take home: how long ago a turn was posted is told by the clock of Temporal alone', () => {
  assert.equal(elapsedMs({ startedAt, steps: [] }, temporalNowMs), 5_000);
});

test('take home: it was posted before each of its steps ended', () => {
  const steps = [{ startedAtMs: 6_000, durationMs: 500 }] as never;
  assert.equal(elapsedMs({ startedAt, steps }, temporalNowMs), 6_500);
});
