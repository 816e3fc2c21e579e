import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPatience } from '../../providers/patience.ts';
import { TestClock, whereWaits } from '../test-clock.ts';

const PATIENCE_MS = 1_000;

/** A provider that says what a test gives it, or what waits to be read from a moment on, and one reader of it. */
function listen(waitsFromMs = Infinity) {
  const clock = new TestClock();
  const given = Promise.withResolvers<string>();
  const give = (): void => given.resolve('Yes.');
  async function* open(signal: AbortSignal): AsyncGenerator<string> {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    yield await Promise.race([given.promise, promise]);
  }
  const { signal } = new AbortController();
  const patience = { of: 'The model', patienceMs: PATIENCE_MS, clock: whereWaits(clock, waitsFromMs, give), signal };
  const read = Array.fromAsync(withPatience(open, patience));
  read.catch(() => undefined); // looked at below
  return { clock, read, give };
}

test('patience: a provider that is silent for too long has failed', async () => {
  const { clock, read } = listen();
  await clock.advance(PATIENCE_MS);
  await assert.rejects(read, /The model was silent for 1000 ms/);
  assert.equal(clock.waiting, 0);
});

test('patience: what waits to be read when the time is over counts', async () => {
  const { clock, read } = listen(PATIENCE_MS);
  await clock.advance(PATIENCE_MS);
  assert.deepEqual(await read, ['Yes.']);
  assert.equal(clock.waiting, 0);
});

test('patience: a time in which this process stood still is not the silence of a provider', async () => {
  const { clock, read, give } = listen();
  await clock.advance(PATIENCE_MS / 2);
  clock.stall(60_000);
  await clock.advance(PATIENCE_MS - 1);
  give();
  assert.deepEqual(await read, ['Yes.']);
});
