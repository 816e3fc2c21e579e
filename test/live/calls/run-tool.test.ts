import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESULT_LIMIT_BYTES } from '../../../live/calls/call-result.ts';
import { runTool } from '../../../live/calls/run-tool.ts';
import { TestClock, whereWaits } from '../../test-clock.ts';
import { toRun } from './made-run.ts';

test('tool runner: a result comes back as the JSON it is', async () => {
  const { ok, result, attempts } = await runTool(toRun(() => ({ status: 'shipped', at: new Date(0) })));
  assert.deepEqual(
    { ok, result, attempts },
    {
      ok: true,
      result: { status: 'shipped', at: '1970-01-01T00:00:00.000Z' },
      attempts: 1,
    },
  );
});

for (const [result, why] of [
  [
    { order: { lines: [{ cents: 7n }] } },
    "its field 'order.lines.0.cents' is a bigint, which JSON cannot hold; return a string",
  ],
  [7n, 'it is a bigint, which JSON cannot hold; return a string'],
] as const) {
  test(`tool runner: a result that is not JSON names what is wrong: ${why}`, async () => {
    const { error } = await runTool(toRun(() => result));
    assert.deepEqual(error, { kind: 'invalid_result', message: `The result is not JSON: ${why}` });
  });
}

test('tool runner: a read that fails is tried again, with the same key and the next attempt number', async () => {
  const seen: string[] = [];
  const run = toRun((_, { attempt, idempotencyKey }) => {
    seen.push(`${idempotencyKey}#${attempt}`);
    if (attempt === 1) throw new Error('Connection reset');
    return 'fine';
  });
  assert.equal((await runTool(run)).result, 'fine');
  assert.deepEqual(seen, ['turn/step#1', 'turn/step#2']);
  assert.deepEqual(run.attempts, [1, 2]);
});

test('tool runner: the last failure is the result when the attempts are used up', async () => {
  const { ok, error, attempts } = await runTool(
    toRun((_, { attempt }) => Promise.reject(new Error(`Down for the ${attempt}. time`))),
  );
  assert.deepEqual(
    { ok, error, attempts },
    {
      ok: false,
      error: { kind: 'failed', message: 'Down for the 2. time' },
      attempts: 2,
    },
  );
});

test('tool runner: a rejection with something that is no error has its text as message', async () => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- tools of others do this
  const { error } = await runTool(toRun(() => Promise.reject('no'), { attempts: 1 }));
  assert.deepEqual(error, { kind: 'failed', message: 'no' });
});

test('tool runner: a read that never settles and ignores its signal is timed out', async () => {
  let signal: AbortSignal | undefined;
  const run = toRun(
    (_, context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    },
    { timeoutMs: 5, attempts: 1 },
  );
  const { error } = await runTool(run);
  assert.deepEqual(error, { kind: 'timed_out', message: 'There was no answer within 5 ms' });
  assert.equal(signal?.aborted, true);
});

test('tool runner: a write that is out of time has an unknown outcome and is not tried again', async () => {
  const run = toRun(() => new Promise(() => undefined), { effect: 'write', timeoutMs: 5, attempts: 1 });
  const { error, attempts } = await runTool(run);
  assert.equal(error?.kind, 'outcome_unknown');
  assert.equal(attempts, 1);
});

test('tool runner: an idempotent write that is out of time is tried again', async () => {
  const policy = { effect: 'write', timeoutMs: 5 } as const;
  const run = toRun((_, { attempt }) => (attempt === 1 ? new Promise(() => undefined) : 'paid'), policy);
  const { ok, result, attempts } = await runTool(run);
  assert.deepEqual([ok, result, attempts], [true, 'paid', 2]);
});

test('tool runner: an idempotent write of which one attempt is out of time and the next one fails has an unknown outcome', async () => {
  const policy = { effect: 'write', timeoutMs: 5 } as const;
  const fails = (): Promise<never> => Promise.reject(new Error('Down'));
  const run = toRun((_, { attempt }) => (attempt === 1 ? new Promise(() => undefined) : fails()), policy);
  const { error, attempts } = await runTool(run);
  assert.deepEqual([error?.kind, attempts], ['outcome_unknown', 2]);
});

test('tool runner: no attempt begins that the budget has no time for', async () => {
  const run = toRun(() => Promise.reject(new Error('Down')), { attempts: 5, firstDelayMs: 10_000, budgetMs: 5_000 });
  assert.equal((await runTool(run)).attempts, 1);
});

test('tool runner: a cancelled read ends at once, with its signal aborted', async () => {
  const cancel = new AbortController();
  const begun = Promise.withResolvers<AbortSignal>();
  const run = toRun((_, { signal }) => {
    begun.resolve(signal);
    return new Promise(() => undefined);
  });
  const ended = runTool({ ...run, signal: cancel.signal });
  const signal = await begun.promise;
  cancel.abort();
  assert.equal((await ended).error?.kind, 'cancelled');
  assert.equal(signal.aborted, true);
});

test('tool runner: undefined is recorded as null', async () => {
  assert.equal((await runTool(toRun(() => undefined))).result, null);
});

test('tool runner: a cyclic result is settled as invalid', async () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const { error } = await runTool(toRun(() => cyclic));
  assert.equal(error?.kind, 'invalid_result');
});

test('tool runner: a result of 10 MB is cut, with a note, its size and its digest', async () => {
  const { result, cut } = await runTool(toRun(() => 'é'.repeat(5_000_000)));
  assert.ok(typeof result === 'string');
  assert.ok(Buffer.byteLength(result) < RESULT_LIMIT_BYTES + 200);
  assert.match(result, /\[cut: the whole result has 10000002 bytes/);
  assert.equal(cut?.bytes, 10_000_002);
  assert.match(cut?.sha256 ?? '', /^[0-9a-f]{64}$/);
});

test('tool runner: progress is passed on while the attempt lasts, and no longer', async () => {
  let late: ((note: string) => void) | undefined;
  const run = toRun(
    (_, { progress }) => {
      progress('half way');
      late = progress;
      return new Promise(() => undefined);
    },
    { timeoutMs: 5, attempts: 1 },
  );
  await runTool(run);
  late?.('too late');
  assert.deepEqual(run.notes, ['half way']);
});

test('tool runner: an answer that waits to be read when the time is over counts, and a write is not of unknown outcome', async () => {
  const clock = new TestClock();
  const answered = Promise.withResolvers<string>();
  const run = toRun(() => answered.promise, { effect: 'write', timeoutMs: 1_000, budgetMs: 1_000 });
  const running = runTool({ ...run, clock: whereWaits(clock, 1_000, () => answered.resolve('paid')) });
  clock.stall(5_000);
  await clock.advance(0);
  const { ok, result } = await running;
  assert.deepEqual([ok, result], [true, 'paid']);
  assert.equal(clock.waiting, 0);
});
