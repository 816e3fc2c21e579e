import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordContact } from '../../../live/turns/record-contact.ts';
import type { LiveTurn } from '../../../live/turns/live-turn.ts';
import { RecordWatch, type RecordEnd } from '../../../live/turns/record-watch.ts';
import { TestClock } from '../../test-clock.ts';

const TERMINATED: RecordEnd = { outcome: 'failed', degraded: false, reason: 'its workflow was terminated' };
type Watched = Pick<LiveTurn, 'id' | 'state'> & { readonly contact: Pick<RecordContact, 'lostForMs'> };

/** Watches one turn; `answers` are Temporal's, one for each time it is asked: the last one stays. */
function watch(turn: Watched, answers: readonly (RecordEnd | Error | undefined)[]) {
  const clock = new TestClock();
  const asked: number[] = [];
  const gone: string[] = [];
  const watching = new RecordWatch({
    openTurns: () => [turn as LiveTurn],
    ask: async () => {
      const answer = answers[Math.min(asked.push(clock.nowMs()), answers.length) - 1];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    onGone: async (_, { reason }) => Promise.resolve(void gone.push(reason)),
    clock,
  });
  watching.start();
  return { clock, asked, gone, watching };
}

test('record watch: a turn whose step is being done here is never asked for', async () => {
  const { clock, asked } = watch({ id: 't', state: 'bound', contact: { lostForMs: 0 } }, [TERMINATED]);
  await clock.advance(60_000);
  assert.deepEqual(asked, []);
});

test('record watch: a turn without a step for a second is asked for, and is told once that its workflow is gone', async () => {
  const turn = { id: 't', state: 'bound' as LiveTurn['state'], contact: { lostForMs: 1_000 } };
  const { clock, asked, gone } = watch(turn, [undefined, TERMINATED]);
  await clock.advance(500);
  assert.deepEqual(gone, []);
  await clock.advance(2_000);
  turn.state = 'closed';
  await clock.advance(60_000);
  assert.deepEqual(gone, [TERMINATED.reason]);
  assert.deepEqual(asked, [500, 2_500]);
});

test('record watch: a turn that is not bound yet, or was refused, is left to its post', async () => {
  const { clock, asked } = watch({ id: 't', state: 'starting', contact: { lostForMs: 60_000 } }, [TERMINATED]);
  await clock.advance(60_000);
  assert.deepEqual(asked, []);
});

test('record watch: while Temporal is away no turn is ended, and it is asked at most every two seconds', async () => {
  const { clock, asked, gone } = watch({ id: 't', state: 'bound', contact: { lostForMs: 60_000 } }, [
    new Error('away'),
  ]);
  await clock.advance(10_000);
  assert.deepEqual(gone, []);
  assert.deepEqual(asked, [500, 2_500, 4_500, 6_500, 8_500]);
});

test('record watch: one that was stopped asks no more', async () => {
  const { clock, asked, watching } = watch({ id: 't', state: 'bound', contact: { lostForMs: 60_000 } }, [undefined]);
  watching.stop();
  await clock.advance(10_000);
  assert.deepEqual(asked, []);
  assert.equal(clock.waiting, 0);
});
