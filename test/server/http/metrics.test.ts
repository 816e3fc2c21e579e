import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { runsAhead } from '../../run-ahead.ts';

async function valueOf(world: FrontEndWorld, name: string): Promise<number> {
  const { status, headers, body } = await world.send('/metrics');
  assert.equal(status, 200);
  assert.match(headers.get('Content-Type') ?? '', /^text\/plain/);
  const line = String(body)
    .split('\n')
    .find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}

test('metrics: open turns and claims, ended turns, and how far the record was behind each step', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const open = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  assert.equal(await valueOf(world, 'legato_open_turns'), 1);
  await world.turns.get(open.id)?.claimable.join('think:9', {}, () => Promise.resolve());
  assert.ok((await valueOf(world, 'legato_open_claims')) >= 1);
  holding.release();
  await world.ended(open.id);
  await world.turns.whenEmpty();
  assert.equal(await valueOf(world, 'legato_open_turns'), 0);
  assert.equal(await valueOf(world, 'legato_open_claims'), 0);
  assert.equal(await valueOf(world, 'legato_turns_total{outcome="answered"}'), 1);
  // think 1, the tool, think 2, and the answer; nothing runs ahead where that is off.
  assert.equal(await valueOf(world, 'legato_lead_seconds_count'), runsAhead ? 4 : 0);
});

test('metrics: a run whose step never comes is aborted and counted', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const turn = await world.start('hold', { modality: 'text' });
  await holding.held;
  const signals: AbortSignal[] = [];
  const never = turn.live.claimable.join('tool:9:0:hold', {}, (signal) => {
    signals.push(signal);
    return Promise.resolve('for nobody');
  });
  await never;
  const before = await valueOf(world, 'legato_dropped_runs_total');
  holding.release();
  await turn.result();
  await world.turns.whenEmpty();
  assert.equal(signals[0]?.aborted, true);
  assert.equal((await valueOf(world, 'legato_dropped_runs_total')) - before, 1);
});

test('front end: where too many steps wait for the record a post is answered 503, and taken when they are done', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld({ ...holding.options, frontEnd: { maxOpenTurns: 2 } });
  const turn = await world.start('hold', { modality: 'text' });
  await holding.held;
  for (let index = 0; index < 16; index += 1) {
    void turn.live.claimable.join(`tool:9:${index}:hold`, {}, () => Promise.resolve());
  }
  const conversation = await world.newConversation();
  const { detail } = problemOf(await world.post(conversation, 'Hi'), 503, 'too-many-claims');
  assert.match(detail, /^16 steps wait here for Temporal/);
  holding.release();
  await turn.result();
  await world.turns.whenEmpty();
  assert.equal((await world.play(conversation, 'Hi')).outcome, 'answered');
});
