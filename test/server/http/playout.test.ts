import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { CountedPlayout, ReportPlayout } from '../../../contract/http.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import { SILENT_MS } from '../../../live/speech/playout-reports.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { stallWhilePosted } from '../../faults/stall.ts';
import {
  eventOf,
  eventsOf,
  FIRST,
  FIRST_MS,
  firstIsWhole,
  interrupt,
  LONG,
  published,
  report,
  speak,
} from './spoken-turns.ts';

const client = { playout: 'client' as const };
const saying = (text: string) => ({ rules: [{ reply: { text } }] });

/** One sentence of many seconds, which the tone voice makes in no time. */
const SENTENCE = `It takes a while to say all of this${', and then some more of it'.repeat(6)}.`;
const SENTENCE_MS = SENTENCE.length * 55;

/** A turn that is spoken to a client, which has begun to play it. */
async function speakTo(world: FrontEndWorld): Promise<string> {
  const id = await speak(world, client);
  await eventOf(world, id, { type: 'speech.audio' });
  await counted(world, id, { state: 'started' });
  return id;
}

/** What counts as heard after a report. */
async function counted(world: FrontEndWorld, turnId: string, more: Partial<ReportPlayout>): Promise<number> {
  const { status, body } = await report(world, turnId, { speech: '1-1', positionMs: 0, state: 'playing', ...more });
  assert.equal(status, 200, JSON.stringify(body));
  const { speech, heardMs } = body as CountedPlayout;
  assert.equal(speech, '1-1');
  return heardMs;
}

const heardOf = ({ items }: Awaited<ReturnType<FrontEndWorld['ended']>>): unknown[] =>
  items.flatMap((item) => (item.type === 'speech' ? [[item.heardText, item.interrupted]] : []));

test("playout: a write that waits for speech to start runs when the client reports 'started', and not before", async () => {
  let isReported = false;
  const runs: boolean[] = [];
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays', input: z.object({}), effect: 'write', preamble: 'off' },
    start: 'after_speech_starts',
    run: () => runs.push(isReported),
  });
  const rules: ScriptRule[] = [{ reply: { text: LONG, calls: [{ name: 'pay', arguments: {} }] } }];
  await using world = await createFrontEndWorld({ agent: { tools: [pay] }, rules });
  const id = await speak(world, client);
  await eventOf(world, id, { type: 'speech.audio' });
  await eventOf(world, id, { type: 'step.started', kind: 'tool' });
  // All that was there to open the gate has had a round trip to do so.
  assert.equal((await world.send(`/v1/turns/${id}`)).status, 200);
  isReported = true;
  assert.equal(await counted(world, id, { state: 'started' }), 0);
  await eventOf(world, id, { type: 'tool.started' });
  await interrupt(world, id);
  await world.ended(id);
  assert.deepEqual(runs, [true]);
});

test('playout: what was heard of a cut speech is what was reported, and nothing else', async () => {
  for (const [positionMs, heardText] of [
    [0, ''],
    [FIRST_MS, FIRST],
  ] as const) {
    await using world = await createFrontEndWorld(saying(LONG));
    const id = await speakTo(world);
    await firstIsWhole(world, id);
    await counted(world, id, { positionMs });
    const { status, body } = await interrupt(world, id);
    assert.deepEqual([status, body], [200, { recorded: true, interrupted: true, heardText }]);
    const turn = await world.ended(id);
    assert.deepEqual([turn.outcome, heardOf(turn)], ['interrupted', [[heardText, true]]]);
    const cut = await eventOf(world, id, { type: 'speech.cut' });
    assert.deepEqual([cut.heardText, cut.heardMs], [heardText, positionMs]);
  }
});

test('playout: a cut that says how much was played counts beside the reports, and neither takes back the other', async () => {
  for (const [positionMs, heardMs] of [
    [0, FIRST_MS],
    [FIRST_MS, 0],
  ] as const) {
    await using world = await createFrontEndWorld(saying(LONG));
    const id = await speakTo(world);
    await firstIsWhole(world, id);
    await counted(world, id, { positionMs });
    await interrupt(world, id, { speech: '1-1', heardMs });
    assert.deepEqual(heardOf(await world.ended(id)), [[FIRST, true]]);
  }
});

test("playout: the voice step ends with the client's 'finished', before it would by the clock", async () => {
  await using world = await createFrontEndWorld(saying(SENTENCE));
  const id = await speakTo(world);
  await published(world, id, SENTENCE_MS);
  await eventOf(world, id, { type: 'step.started', kind: 'voice' });
  assert.equal(await counted(world, id, { state: 'finished', positionMs: SENTENCE_MS }), SENTENCE_MS);
  const turn = await world.ended(id);
  assert.deepEqual([turn.outcome, heardOf(turn)], ['answered', [[SENTENCE, undefined]]]);
  assert.deepEqual(
    turn.steps.map(({ id: step, state }) => [step, state]),
    [
      ['think:1', 'finished'],
      ['voice:1', 'finished'],
    ],
  );
  const { atMs: startedMs } = await eventOf(world, id, { type: 'speech.started' });
  const finished = await eventOf(world, id, { type: 'speech.finished', text: SENTENCE });
  assert.ok(finished.atMs - startedMs < SENTENCE_MS, 'It ended by the clock');
});

test('playout: positions that come out of order, again or from two clients at once never go back, nor beyond what was sent', async () => {
  await using world = await createFrontEndWorld(saying(SENTENCE));
  const id = await speakTo(world);
  await published(world, id, SENTENCE_MS);
  const heard: number[] = [];
  for (const positionMs of [0, 300, 100, 300, 299.6]) heard.push(await counted(world, id, { positionMs }));
  assert.deepEqual(heard, [0, 300, 300, 300, 300]);
  const two = [
    [400, 700, 500],
    [450, 650, 600],
  ];
  await Promise.all(
    two.map(async (own) => {
      for (const positionMs of own) assert.ok((await counted(world, id, { positionMs })) >= positionMs);
    }),
  );
  assert.equal(await counted(world, id, { state: 'started' }), 700);
  assert.equal(await counted(world, id, { positionMs: 1e9 }), SENTENCE_MS);
  const turn = await world.ended(id);
  assert.deepEqual([turn.outcome, heardOf(turn)], ['answered', [[SENTENCE, undefined]]]);
});

test('playout: a report that fits nothing is refused, naming what does not fit', async () => {
  await using world = await createFrontEndWorld(saying(LONG));
  const assumed = await speak(world);
  await eventOf(world, assumed, { type: 'speech.audio' });
  const open = await speakTo(world);
  await firstIsWhole(world, open);
  const started: ReportPlayout = { speech: '1-1', positionMs: 0, state: 'started' };
  const { detail } = problemOf(await report(world, open, { ...started, speech: '9-9' }), 404, 'unknown-speech');
  assert.ok(detail.includes(`'${open}'`) && detail.includes("'9-9'"));
  problemOf(await report(world, 'turn-nowhere', started), 404, 'unknown-turn');
  problemOf(await report(world, assumed, started), 409, 'playout-assumed');
  for (const [more, field] of [
    [{ positionMs: -1 }, 'positionMs'],
    [{ positionMs: undefined }, 'positionMs'],
    [{ state: 'paused' }, 'state'],
    [{ speech: '' }, 'speech'],
  ] as const) {
    const answer = await report(world, open, { ...started, ...(more as object) });
    const { errors = [] } = problemOf(answer, 400, 'invalid-body');
    assert.deepEqual(
      errors.map((error) => error.field),
      [field],
    );
  }
  await Promise.all([interrupt(world, assumed), interrupt(world, open)]);
  await Promise.all([world.ended(assumed), world.ended(open)]);
  problemOf(await report(world, open, started), 409, 'turn-not-open');
});

test('playout: a report that comes after the cut counts no more', async () => {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<null>();
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays', input: z.object({}), effect: 'write', preamble: 'off', start: 'at_once' },
    run: () => {
      held.resolve();
      return released.promise;
    },
  });
  const rules: ScriptRule[] = [{ reply: { text: LONG, calls: [{ name: 'pay', arguments: {} }] } }];
  await using world = await createFrontEndWorld({ agent: { tools: [pay] }, rules });
  const id = await speakTo(world);
  await Promise.all([firstIsWhole(world, id), held.promise]);
  await interrupt(world, id, { speech: '1-1', heardMs: FIRST_MS });
  assert.equal(await counted(world, id, { state: 'finished' }), FIRST_MS);
  released.resolve(null);
  assert.deepEqual(heardOf(await world.ended(id)), [[FIRST, true]]);
});

test('playout: a client that never reports is given up, and the turn ends as interrupted with nothing heard', async () => {
  await using world = await createFrontEndWorld(saying(LONG));
  const id = await speak(world, client);
  const turn = await world.ended(id);
  assert.deepEqual([turn.outcome, heardOf(turn)], ['interrupted', [['', true]]]);
  const events = await eventsOf(world, id);
  const cut = await eventOf(world, id, { type: 'speech.cut' });
  assert.deepEqual([cut.heardText, cut.heardMs], ['', 0]);
  assert.ok(events.some(({ type }) => type === 'turn.interrupted'));
  assert.deepEqual(
    events.filter(({ type }) => type === 'speech.audio'),
    [],
  );
});

test('playout: a client that falls silent in mid-speech is given up, with what it has reported until then', async () => {
  await using world = await createFrontEndWorld(saying(`${FIRST} Yes.`));
  const id = await speakTo(world);
  await firstIsWhole(world, id);
  await counted(world, id, { positionMs: FIRST_MS });
  const turn = await world.ended(id);
  assert.deepEqual([turn.outcome, heardOf(turn)], ['interrupted', [[FIRST, true]]]);
});

test('playout: a client whose report waits to be read, as this process stood still, is not given up', async () => {
  await using world = await createFrontEndWorld(saying(SENTENCE));
  const id = await speak(world, client);
  await eventOf(world, id, { type: 'speech.audio' });
  const started: ReportPlayout = { speech: '1-1', positionMs: 0, state: 'started' };
  assert.equal(await stallWhilePosted(`${world.url}/v1/turns/${id}/playout`, started, SILENT_MS + 500), 200);
  await published(world, id, SENTENCE_MS);
  assert.equal(await counted(world, id, { state: 'finished' }), SENTENCE_MS);
  const turn = await world.ended(id);
  assert.deepEqual([turn.outcome, heardOf(turn)], ['answered', [[SENTENCE, undefined]]]);
});

test('playout: a cut that waits to be read when the last speech is over by the clock, as this process stood still, counts', async () => {
  await using world = await createFrontEndWorld(saying(`${FIRST} It is here and done.`));
  const id = await speak(world);
  await firstIsWhole(world, id);
  await eventOf(world, id, { type: 'speech.audio', index: 1 });
  const cut = { speech: '1-1', heardMs: FIRST_MS };
  assert.equal(await stallWhilePosted(`${world.url}/v1/turns/${id}/interrupt`, cut, 1_500), 200);
  const turn = await world.ended(id);
  assert.deepEqual([turn.outcome, heardOf(turn)], ['interrupted', [[FIRST, true]]]);
});
