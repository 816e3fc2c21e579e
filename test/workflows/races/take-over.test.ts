import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BargeIn } from '../../../contract/barge-in.ts';
import type { HostedTurn } from './hosted-turn.ts';
import { asksFor, bargeInWith, createTurn, FOUND, look, said } from './race.ts';

// What a home tells of a turn that another process has taken over.

const STEPS = ['tool-1-0-look', 'tool-1-1-look'] as const;
const LATE = bargeInWith({ id: 'late', said: [said('1-1', 'answer', 'That')] });
const readings = (...names: readonly object[]): object[] =>
  names.map((call, index) => ({ ...call, arguments: { index } }));

/** A turn that reads twice, and whose home was lost with the first of the reads: another process does it again. */
async function takenOver(): Promise<HostedTurn> {
  const turn = await createTurn();
  await turn.task(turn.ended('think-1', asksFor(...readings(look, look))));
  await turn.task(turn.ended(STEPS[0], { timeout: 'HEARTBEAT' }));
  await turn.task(turn.ended(idOf(turn, 'probeHome'), { timeout: 'SCHEDULE_TO_START' }));
  const taking = idOf(turn, 'takeHome');
  assert.deepEqual((turn.inputs.get(taking) as { lost: unknown }).lost, { home: 'home', epoch: 0 });
  await turn.task(turn.ended(taking, { result: { home: 'other' } }));
  assert.equal((await turn.record()).epoch, 1);
  return turn;
}

function idOf({ open }: HostedTurn, type: string): string {
  return [...open].find(([, step]) => step.type === type)?.[0] ?? assert.fail(`no ${type} is open`);
}

async function endingOf(turn: HostedTurn): Promise<string | undefined> {
  return (await turn.record()).state.ending;
}

const account = (epoch: number | undefined, cut: BargeIn) => ({
  id: cut.id,
  cut,
  ...(epoch !== undefined && { epoch }),
});

test('taken over: the account of an older home is refused as an update, with what is to be done', async () => {
  const turn = await takenOver();
  await turn.task(turn.update('late', account(0, LATE)));
  assert.match(String(turn.answers.get('late')), /home 0 of the turn, and home 1 has taken it over; say nothing more/);
  assert.equal(await endingOf(turn), undefined);
  await turn.task(turn.update('late', account(1, LATE)));
  assert.equal(await endingOf(turn), 'interrupted');
  await turn.dispose();
});

test('taken over: the account of an older home is ignored as a signal', async () => {
  const turn = await takenOver();
  await turn.task(turn.signal(account(0, LATE)));
  assert.equal(await endingOf(turn), undefined);
  await turn.task(turn.signal(account(1, LATE)));
  assert.equal(await endingOf(turn), 'interrupted');
  await turn.dispose();
});

test('taken over: an account without an epoch, from a home of an earlier version, is believed', async () => {
  const turn = await takenOver();
  await turn.task(turn.update('late', account(undefined, LATE)));
  assert.equal(await endingOf(turn), 'interrupted');
  await turn.dispose();
});

test('taken over: a read that the older home has cut is done again by the new one', async () => {
  const turn = await takenOver();
  const cut = { ok: false, error: { kind: 'cancelled', message: '' }, attempts: 1, durationMs: 1, dropped: LATE };
  await turn.task(turn.ended(STEPS[1], { result: cut }));
  assert.equal(await endingOf(turn), undefined);
  assert.equal((turn.inputs.get(STEPS[1]) as { home: string }).home, 'other');
  for (const step of STEPS) await turn.task(turn.ended(step, FOUND));
  const { items } = await turn.record();
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'result' ? [item.ok] : [])),
    [true, true],
  );
  await turn.dispose();
});

test('taken over: an interrupt that the older home decides after that is decided again by the new one', async () => {
  const turn = await createTurn();
  await turn.task(turn.ended('think-1', asksFor(...readings(look))));
  await turn.task(turn.signal({ id: 'x' }));
  await turn.task(turn.ended(STEPS[0], { timeout: 'HEARTBEAT' }));
  await turn.task(turn.ended(idOf(turn, 'probeHome'), { timeout: 'SCHEDULE_TO_START' }));
  await turn.task(turn.ended(idOf(turn, 'takeHome'), { result: { home: 'other' } }));
  await turn.task(turn.ended('cut-x', { result: LATE }));
  assert.equal(await endingOf(turn), undefined);
  await turn.task(turn.ended('cut-x', { result: bargeInWith() }));
  assert.equal((await turn.record()).state.bargeIn?.id, 'x');
  await turn.dispose();
});
