import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import type { InterruptedTurn } from '../../../contract/http.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import type { StreamEvent } from '../../../stream/turn-stream.ts';
import { createFrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { startRelay } from '../../faults/relay.ts';
import { eventOf, eventsOf, FIRST, FIRST_MS, firstIsWhole, interrupt, LONG, speak } from './spoken-turns.ts';

const long = { rules: [{ reply: { text: LONG } }] };
const cutInFirst = { speech: '1-1', heardMs: FIRST_MS };
const heardFirst = { recorded: true, interrupted: true, heardText: FIRST };

const ofType = <T extends StreamEvent['type']>(events: readonly StreamEvent[], type: T) =>
  events.filter((event): event is Extract<StreamEvent, { type: T }> => event.type === type);
const published = (events: readonly StreamEvent[]): number =>
  ofType(events, 'speech.audio').reduce((sum, { pcm }) => sum + pcm.byteLength / BYTES_PER_MS, 0);

/** A turn that is cut has a write left, which goes on until it is let go. */
function holdWrites() {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const tool = defineTool({
    ...{ name: 'pay', description: 'Pays', input: z.object({}), effect: 'write', preamble: 'off', start: 'at_once' },
    run: async () => {
      held.resolve();
      await released.promise;
      return 'paid';
    },
  });
  const rules: ScriptRule[] = [{ reply: { text: LONG, calls: [{ name: 'pay', arguments: {} }] } }];
  return { options: { agent: { tools: [tool] }, rules }, held: held.promise, release: released.resolve };
}

test('interrupt: it cuts the speech, is answered with what was heard, and the record and the events have it', async () => {
  await using world = await createFrontEndWorld(long);
  const id = await speak(world);
  await firstIsWhole(world, id);
  const { status, body } = await interrupt(world, id, cutInFirst);
  assert.deepEqual([status, body], [200, heardFirst]);
  const { outcome, items } = await world.ended(id);
  assert.equal(outcome, 'interrupted');
  const speech = { type: 'speech', speech: '1-1', kind: 'answer', text: LONG, heardText: FIRST, interrupted: true };
  assert.deepEqual(items, [{ type: 'user', text: 'Hi' }, speech]);
  const events = await eventsOf(world, id);
  assert.deepEqual(
    ofType(events, 'speech.cut').map(({ speech, heardText, heardMs }) => ({ speech, heardText, heardMs })),
    [{ speech: '1-1', heardText: FIRST, heardMs: FIRST_MS }],
  );
  assert.deepEqual(
    ofType(events, 'turn.interrupted').map(({ speech, heardMs }) => ({ speech, heardMs })),
    [cutInFirst],
  );
  const types = events.map(({ type }) => type);
  assert.ok(!types.slice(types.indexOf('speech.cut')).includes('speech.audio'), 'It was silent at once');
  assert.ok(!types.includes('speech.finished'));
  assert.equal(types.at(-1), 'turn.finished');
});

test('interrupt: without a body it cuts what is being said', async () => {
  await using world = await createFrontEndWorld(long);
  const id = await speak(world);
  await eventOf(world, id, { type: 'speech.audio' });
  const { status, body } = await interrupt(world, id);
  const { heardText, ...rest } = body as { heardText: string };
  assert.deepEqual([status, rest], [200, { recorded: true, interrupted: true }]);
  assert.ok(LONG.startsWith(heardText) && heardText.length < LONG.length);
  const { outcome, items } = await world.ended(id);
  const [, speech] = items;
  assert.deepEqual([outcome, speech?.type === 'speech' && speech.heardText], ['interrupted', heardText]);
});

test('interrupt: a repeat of its id gets the same answer, at once, later, and when the turn has ended', async () => {
  const writes = holdWrites();
  await using world = await createFrontEndWorld(writes.options);
  const id = await speak(world);
  await Promise.all([firstIsWhole(world, id), writes.held]);
  const asked = { id: 'stop-1', ...cutInFirst };
  const answers = await Promise.all([interrupt(world, id, asked), interrupt(world, id, asked)]);
  answers.push(await interrupt(world, id, asked));
  writes.release();
  await world.ended(id);
  answers.push(await interrupt(world, id, asked));
  for (const { status, body } of answers) assert.deepEqual([status, body], [200, heardFirst]);
  const events = await eventsOf(world, id);
  assert.deepEqual(
    ['speech.cut', 'turn.interrupted'].map((type) => events.filter((event) => event.type === type).length),
    [1, 1],
  );
});

test('interrupt: another one after the cut changes nothing, and is answered with what is true', async () => {
  const writes = holdWrites();
  await using world = await createFrontEndWorld(writes.options);
  const id = await speak(world);
  await Promise.all([firstIsWhole(world, id), writes.held]);
  await interrupt(world, id, { id: 'stop-1', ...cutInFirst });
  for (const more of [{}, { speech: '1-1', heardMs: 0 }]) {
    const { status, body } = await interrupt(world, id, { id: `stop-${JSON.stringify(more).length}`, ...more });
    assert.deepEqual([status, body], [200, heardFirst]);
  }
  writes.release();
  const { outcome, items } = await world.ended(id);
  assert.equal(outcome, 'interrupted');
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? [item.heardText] : [])),
    [FIRST],
  );
  assert.ok(
    items.some((item) => item.type === 'result' && item.result === 'paid'),
    'A write goes on',
  );
  const events = await eventsOf(world, id);
  assert.deepEqual([ofType(events, 'speech.cut').length, ofType(events, 'turn.interrupted').length], [1, 1]);
});

test('interrupt: it is answered with all that was heard of the turn, now and when the turn has ended', async () => {
  const look = defineTool({
    ...{ name: 'look', description: 'Looks', input: z.object({}), effect: 'read', preamble: 'off' },
    run: () => 'found',
  });
  const rules: ScriptRule[] = [
    { when: { afterTool: true }, reply: { text: 'Here it is, as you have wanted it.' } },
    { reply: { text: FIRST, calls: [{ name: 'look', arguments: {} }] } },
  ];
  await using world = await createFrontEndWorld({ agent: { tools: [look] }, rules });
  const id = await speak(world);
  await eventOf(world, id, { type: 'speech.sentence', speech: '2-1' });
  const truth = { recorded: true, interrupted: true, heardText: `${FIRST} Here it` };
  const heardMs = 'Here it'.length * 55;
  assert.deepEqual((await interrupt(world, id, { speech: '2-1', heardMs })).body, truth);
  await world.ended(id);
  assert.deepEqual((await interrupt(world, id)).body, truth);
  const [event] = ofType(await eventsOf(world, id), 'turn.interrupted');
  assert.deepEqual([event?.speech, event?.heardMs, event?.heardText], ['2-1', heardMs, truth.heardText]);
});

test('interrupt: for another speech than the one that is being said nothing is cut', async () => {
  const holding = holdTurns();
  const [, call] = holding.options.rules;
  const rules: ScriptRule[] = [
    { when: { afterTool: true }, reply: { text: 'Here it is, as you have wanted it.' } },
    { ...call, reply: { text: 'Wait.', calls: [{ name: 'hold', arguments: {} }] } },
  ];
  await using world = await createFrontEndWorld({ ...holding.options, rules });
  const id = await speak(world, { input: { text: 'hold' } });
  await holding.held;
  await eventOf(world, id, { type: 'speech.finished', speech: '1-1' });
  holding.release();
  await eventOf(world, id, { type: 'speech.started', speech: '2-1' });
  const { status, body } = await interrupt(world, id, { speech: '1-1', heardMs: 0 });
  const { interrupted, heardText } = body as InterruptedTurn;
  assert.deepEqual([status, interrupted], [200, false]);
  assert.match(heardText, /^Wait\.( Here.*)?$/);
  const { outcome, items } = await world.ended(id);
  assert.equal(outcome, 'answered');
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? [[item.heardText, item.interrupted]] : [])),
    [
      ['Wait.', undefined],
      ['Here it is, as you have wanted it.', undefined],
    ],
  );
  const types = (await eventsOf(world, id)).map(({ type }) => type);
  assert.ok(!types.includes('speech.cut') && !types.includes('turn.interrupted'));
});

test('interrupt: a repeat of one that cut nothing gets the same answer, even after another one has cut the turn', async () => {
  await using world = await createFrontEndWorld(long);
  const id = await speak(world);
  await eventOf(world, id, { type: 'speech.audio' });
  const live = world.turns.get(id);
  const answers = [{ id: 'late', speech: '0-1' }, { id: 'stop' }, { id: 'late', speech: '0-1' }, { id: 'more' }].map(
    (asked) => live?.interrupt(asked).answer.interrupted,
  );
  assert.deepEqual(answers, [false, true, false, true]);
  assert.equal((await world.ended(id)).outcome, 'interrupted');
});

test('interrupt: an unknown speech or turn is answered 404, and a field that makes no sense 400, and nothing is cut', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const { id } = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  const { detail } = problemOf(await interrupt(world, id, { speech: '9-9' }), 404, 'unknown-speech');
  assert.ok(detail.includes(`'${id}'`) && detail.includes("'9-9'"));
  problemOf(await interrupt(world, 'turn-nowhere'), 404, 'unknown-turn');
  problemOf(await interrupt(world, 'turn-nowhere', { speech: '1-1' }), 404, 'unknown-turn');
  for (const [json, field, message] of [
    [{ speech: '1-1', heardMs: -1 }, 'heardMs', /is -1, under the limit of 0/],
    [{ heardMs: 100 }, 'speech', /is missing; 'heardMs' counts/],
    [{ heard: 100 }, 'heard', /is not a field/],
    [{ id: '' }, 'id', /is empty/],
  ] as const) {
    const { errors = [] } = problemOf(await interrupt(world, id, json as object), 400, 'invalid-body');
    assert.deepEqual(
      errors.map((error) => error.field),
      [field],
    );
    assert.match(errors[0]?.message ?? '', message);
  }
  holding.release();
  assert.equal((await world.ended(id)).outcome, 'answered');
});

test('interrupt: a turn that has ended is answered with what is true of it, and does not change', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const turn = await world.play(await world.newConversation(), 'Hi');
  for (const json of [undefined, { speech: '1-1', heardMs: 0 }]) {
    const { status, body } = await interrupt(world, turn.id, json);
    assert.deepEqual([status, body], [200, { recorded: true, interrupted: false, heardText: 'Yes.' }]);
  }
  problemOf(await interrupt(world, turn.id, { speech: '2-1' }), 404, 'unknown-speech');
  assert.deepEqual(await world.ended(turn.id), turn);
});

test('interrupt: more than was sent counts as all that was sent, in every event that tells of it', async () => {
  await using world = await createFrontEndWorld(long);
  const id = await speak(world);
  await firstIsWhole(world, id);
  const { status, body } = await interrupt(world, id, { speech: '1-1', heardMs: 1e9 });
  const { heardText } = body as { heardText: string };
  assert.equal(status, 200);
  assert.ok(heardText.startsWith(FIRST));
  await world.ended(id);
  const events = await eventsOf(world, id);
  const [cut] = ofType(events, 'speech.cut');
  assert.deepEqual([cut?.heardText, cut?.heardMs], [heardText, cut?.durationMs]);
  assert.equal(cut?.heardMs, Math.round(published(events)));
  assert.equal(ofType(events, 'turn.interrupted')[0]?.heardMs, cut?.durationMs);
});

test('interrupt: a reader that comes after the cut gets no audio beyond what was heard', async () => {
  await using world = await createFrontEndWorld(long);
  const id = await speak(world);
  await firstIsWhole(world, id);
  await eventOf(world, id, { type: 'speech.audio', index: 1 });
  await interrupt(world, id, cutInFirst);
  const text = await (await fetch(`${world.url}/v1/turns/${id}/events?audio=1`)).text();
  const pieces = [...text.matchAll(/"pcm":"([^"]+)"/g)].map(([, pcm = '']) => Buffer.from(pcm, 'base64').byteLength);
  const heardMs = pieces.reduce((sum, bytes) => sum + bytes, 0) / BYTES_PER_MS;
  assert.ok(heardMs > 0 && heardMs <= FIRST_MS, `${heardMs} ms`);
  assert.match(text, /event: speech\.cut\n/);
  await world.ended(id);
});

test('interrupt: where Temporal does not answer it is silent at once and answered 202, and the record gets it later', async () => {
  await using relay = await startRelay(process.env['TEMPORAL_ADDRESS'] ?? '');
  await using world = await createFrontEndWorld({ ...long, temporalAddress: relay.address });
  const id = await speak(world);
  await firstIsWhole(world, id);
  relay.pause();
  const asked = interrupt(world, id, cutInFirst);
  const silent = eventOf(world, id, { type: 'speech.cut' });
  const first = await Promise.race([silent.then(() => 'silence'), asked.then(() => 'answer')]);
  assert.equal(first, 'silence');
  const { status, body } = await asked;
  assert.deepEqual([status, body], [202, { ...heardFirst, recorded: false }]);
  relay.resume();
  const { outcome, items } = await world.ended(id);
  assert.equal(outcome, 'interrupted');
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? [item.heardText] : [])),
    [FIRST],
  );
  await world.turns.whenEmpty();
  const { seq: seqOfCut } = await silent;
  const later = (await eventsOf(world, id)).filter(({ seq }) => seq > seqOfCut);
  assert.deepEqual([ofType(later, 'speech.audio'), ofType(later, 'speech.cut')], [[], []]);
});

test('interrupt: a turn that another process speaks for is cut there', async () => {
  await using first = await createFrontEndWorld(long);
  await using second = await createFrontEndWorld({ agent: { name: first.agent.name } });
  const id = await speak(first);
  await firstIsWhole(first, id);
  const { status, body } = await interrupt(second, id, { id: 'stop-1' });
  const { heardText, ...rest } = body as { heardText: string };
  assert.deepEqual([status, rest], [200, { recorded: true, interrupted: true }]);
  const cut = await eventOf(first, id, { type: 'speech.cut' });
  assert.equal(cut.heardText, heardText);
  const { outcome, items } = await second.ended(id);
  const [, speech] = items;
  assert.deepEqual([outcome, speech?.type === 'speech' && speech.heardText], ['interrupted', heardText]);
  assert.deepEqual((await interrupt(second, id, { id: 'stop-1' })).body, body);
  assert.deepEqual((await interrupt(first, id, { id: 'stop-2' })).body, body);
  const { detail } = problemOf(await interrupt(second, id, { speech: '9-9' }), 404, 'unknown-speech');
  assert.ok(detail.includes("'9-9'"));
});
