import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Reconciled } from '../../../agent/agent.ts';
import { runTool } from '../../../live/calls/run-tool.ts';
import type { ToolRun } from '../../../live/calls/tool-run.ts';
import { TestClock } from '../../test-clock.ts';
import { POLICY, toRun, type Body } from './made-run.ts';

type Answer = Reconciled | Error | Promise<Reconciled>;

/** A write that may have begun in a lost process; its author answers so. */
function toWrite(answer: Answer, body: Body = () => 'booked', more: Partial<ToolRun> = {}) {
  let asked = 0;
  const thrown: unknown[] = [];
  const reconcile = async (): Promise<{ readonly ok: true; readonly value: Reconciled }> => {
    asked += 1;
    if (answer instanceof Error) throw answer;
    return { ok: true, value: await answer };
  };
  const write = toRun(body, { effect: 'write', attempts: 1, ifBegun: 'reconcile' });
  const onThrown = (error: unknown): unknown => thrown.push(error);
  return {
    ...write,
    mayHaveBegun: 'in a lost process',
    reconcile,
    onThrown,
    ...more,
    thrown,
    asked: () => asked,
  } as const;
}

test('tool runner: a write that a lost process has done is not run again, and has the result that its author knows', async () => {
  const write = toWrite({ outcome: 'done', result: 'booked before' });
  const { ok, result } = await runTool(write);
  assert.deepEqual([ok, result], [true, 'booked before']);
  assert.deepEqual(write.attempts, []);
});

test('tool runner: a write that a lost process has not done is run, under the same key', async () => {
  const keys: string[] = [];
  const write = toWrite({ outcome: 'not_done' }, (_, { idempotencyKey }) => keys.push(idempotencyKey));
  assert.equal((await runTool(write)).ok, true);
  assert.deepEqual(keys, ['turn/step']);
});

test('tool runner: a write that was not done before and fails now has failed', async () => {
  const write = toWrite({ outcome: 'not_done' }, () => Promise.reject(new Error('Full')));
  assert.deepEqual((await runTool(write)).error, { kind: 'failed', message: 'Full' });
});

for (const [title, answer, reports] of [
  ['does not know', { outcome: 'unknown' }, 0],
  ['throws', new Error('Down'), 1],
] as const) {
  test(`tool runner: a write whose author ${title} is not run again, and its outcome is unknown`, async () => {
    const write = toWrite(answer);
    assert.equal((await runTool(write)).error?.kind, 'outcome_unknown');
    assert.deepEqual(write.attempts, []);
    assert.equal(write.thrown.length, reports);
  });
}

test('tool runner: an author who does not answer within the time of an attempt leaves the outcome unknown', async () => {
  const clock = new TestClock();
  const write = toWrite(new Promise(() => undefined), undefined, { clock });
  const running = runTool(write);
  await setImmediate();
  await clock.advance(POLICY.timeoutMs);
  assert.equal((await running).error?.kind, 'outcome_unknown');
  assert.match(String(write.thrown[0]), /'reconcile' did not answer within 5000 ms/);
});

test('tool runner: an idempotent write that may have begun runs again without a question; if it fails, its outcome is unknown', async () => {
  const policy = { ...POLICY, effect: 'write', attempts: 1, ifBegun: 'again' } as const;
  const fails = toWrite({ outcome: 'not_done' }, () => Promise.reject(new Error('Down')), { policy });
  assert.equal((await runTool(fails)).error?.kind, 'outcome_unknown');
  const succeeds = toWrite({ outcome: 'not_done' }, undefined, { policy });
  assert.equal((await runTool(succeeds)).result, 'booked');
  assert.deepEqual([fails.asked(), succeeds.asked()], [0, 0]);
});

for (const [answer, kind] of [
  [{ outcome: 'done', result: 'booked late' }, undefined],
  [{ outcome: 'not_done' }, 'outcome_unknown'],
] as const) {
  test(`tool runner: the author of a write that ran out of its time is asked; '${answer.outcome}' makes it ${kind ?? 'done'}`, async () => {
    const clock = new TestClock();
    const hangs = () => new Promise(() => undefined);
    const write = toWrite(answer, hangs, { clock, mayHaveBegun: undefined });
    const running = runTool(write);
    await setImmediate();
    await clock.advance(POLICY.timeoutMs);
    assert.equal((await running).error?.kind, kind);
    assert.equal(write.asked(), 1);
    assert.deepEqual(write.attempts, [1]);
  });
}

test('tool runner: the author of a write is not asked once its budget is used up', async () => {
  const clock = new TestClock();
  const policy = { ...POLICY, effect: 'write', attempts: 1, budgetMs: POLICY.timeoutMs, ifBegun: 'reconcile' } as const;
  const hangs = () => new Promise(() => undefined);
  const write = toWrite({ outcome: 'done', result: 1 }, hangs, { clock, policy, mayHaveBegun: undefined });
  const running = runTool(write);
  await setImmediate();
  await clock.advance(POLICY.timeoutMs);
  assert.equal((await running).error?.kind, 'outcome_unknown');
  assert.equal(write.asked(), 0);
});
