import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VoiceRest } from '../../../live/speech/voice-rest.ts';
import { ProviderFailure } from '../../../providers/failure.ts';
import { TestClock } from '../../test-clock.ts';

const down = new ProviderFailure('down', { retryable: true, status: 503 });
const refused = new ProviderFailure('refused', { retryable: false, status: 400 });

function createRest() {
  const clock = new TestClock();
  const told: string[] = [];
  const rest = new VoiceRest(clock, {
    rests: ({ message }) => told.push(`rests: ${message}`),
    speaks: () => told.push('speaks'),
  });
  /** How long it rests from now on. */
  const restMs = async (): Promise<number> => {
    const fromMs = clock.nowMs();
    while (rest.isResting) await clock.advance(1_000);
    return clock.nowMs() - fromMs;
  };
  return { clock, rest, told, restMs };
}

test('voice rest: it rests 5 s after a failure, twice as long after each try that fails, and 60 s at most', async () => {
  const { rest, restMs } = createRest();
  const rests: number[] = [];
  for (let count = 0; count < 6; count += 1) {
    rest.take().failed(down);
    rests.push(await restMs());
  }
  assert.deepEqual(rests, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

test('voice rest: requests that fail together with the first one make it no longer', async () => {
  const { rest, restMs } = createRest();
  for (const tried of [rest.take(), rest.take(), rest.take()]) tried.failed(down);
  assert.equal(await restMs(), 5_000);
});

test('voice rest: once it has spoken again its next rest is a short one', async () => {
  const { rest, restMs } = createRest();
  rest.take().failed(down);
  await restMs();
  rest.take().failed(down);
  await restMs();
  rest.take().spoke();
  assert.equal(rest.isResting, false);
  rest.take().failed(down);
  assert.equal(await restMs(), 5_000);
});

test('voice rest: after its rest one request tries it, and others wait for that one, 5 s at most', async () => {
  const { clock, rest, restMs } = createRest();
  rest.take().failed(down);
  await restMs();
  const tried = rest.take();
  assert.throws(() => rest.take(), /rests after a failure: down/);
  assert.equal(await restMs(), 5_000);
  rest.take();
  await clock.advance(1);
  tried.spoke();
  rest.take();
});

test('voice rest: it rests for as long as its server asks, and 60 s at most', async () => {
  const { rest, restMs } = createRest();
  rest.take().failed(new ProviderFailure('busy', { retryable: true, status: 429, retryAfterMs: 17_000 }));
  assert.equal(await restMs(), 17_000);
  rest.take().failed(new ProviderFailure('busy', { retryable: true, status: 429, retryAfterMs: 3_600_000 }));
  assert.equal(await restMs(), 60_000);
});

test('voice rest: a refused sentence is no failure, and three in a row are one', () => {
  const { rest } = createRest();
  for (let count = 0; count < 5; count += 1) {
    rest.take().failed(refused);
    rest.take().failed(refused);
    rest.take().spoke();
  }
  rest.take().failed(refused);
  rest.take().failed(refused);
  assert.equal(rest.isResting, false);
  rest.take().failed(refused);
  assert.equal(rest.isResting, true);
});

test('voice rest: it is told once when it begins to rest and once when it speaks again', async () => {
  const { rest, told, restMs } = createRest();
  for (let count = 0; count < 4; count += 1) {
    rest.take().failed(down);
    await restMs();
  }
  rest.take().spoke();
  rest.take().spoke();
  assert.deepEqual(told, ['rests: down', 'speaks']);
});
