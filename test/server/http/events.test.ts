import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServedEvent } from '../../../contract/http.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { openDeaf, readBlocks, readEvents, seqsOf, typesOf } from './served-events.ts';

const spoken = { rules: [{ reply: { text: 'Yes, sir. No, sir.' } }], speechChunkBytes: 4_800 };

/** Posts a turn that is spoken, and returns its id. */
async function speak(world: FrontEndWorld): Promise<string> {
  const path = `/v1/conversations/${await world.newConversation()}/turns`;
  const { status, body } = await world.send(path, { json: { input: { text: 'Hi' } } });
  assert.equal(status, 202);
  return (body as { id: string }).id;
}

async function openEvents(world: FrontEndWorld, turnId: string, more = ''): Promise<Response> {
  return fetch(`${world.url}/v1/turns/${turnId}/events${more}`);
}

test('events: a turn is told from turn.started to turn.finished, numbered, and without audio unless asked', async () => {
  await using world = await createFrontEndWorld(spoken);
  const id = await speak(world);
  const [silent, all] = await Promise.all([
    Array.fromAsync(readEvents(await openEvents(world, id))),
    Array.fromAsync(readEvents(await openEvents(world, id, '?audio=1'))),
  ]);
  assert.deepEqual(
    seqsOf(all),
    all.map((_, index) => index + 1),
  );
  assert.deepEqual(
    silent,
    all.filter(({ type }) => type !== 'speech.audio'),
  );
  assert.equal(all[0]?.type, 'turn.started');
  assert.equal(all.at(-1)?.type, 'turn.finished');
  assert.ok(all.filter(({ type }) => type === 'speech.audio').length >= 2);
  assert.deepEqual(
    silent.flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : [])),
    ['Yes, sir.', 'No, sir.'],
  );
  const types = typesOf(silent);
  for (const type of ['step.started', 'step.finished', 'speech.started', 'speech.finished']) {
    assert.ok(types.includes(type), `${type} is told`);
  }
});

test('events: a reader that comes when the turn has ended gets all of them, as often as it asks', async () => {
  await using world = await createFrontEndWorld(spoken);
  const id = await speak(world);
  const live = await Array.fromAsync(readEvents(await openEvents(world, id, '?audio=1')));
  await world.ended(id);
  assert.deepEqual(await Array.fromAsync(readEvents(await openEvents(world, id, '?audio=1'))), live);
});

/** Reads `count` events, then leaves. */
async function readSome(world: FrontEndWorld, url: string, more: { count: number; after: number }) {
  const leaving = new AbortController();
  const headers = more.after > 0 ? { 'Last-Event-ID': String(more.after) } : {};
  const events: ServedEvent[] = [];
  const response = await fetch(`${world.url}${url}`, { headers, signal: leaving.signal });
  for await (const event of readEvents(response)) {
    events.push(event);
    if (events.length === more.count) break;
  }
  leaving.abort();
  return events;
}

test('events: a reader that leaves again and again goes on by Last-Event-ID without loss or repeat', async () => {
  await using world = await createFrontEndWorld(spoken);
  const id = await speak(world);
  const pieces: ServedEvent[] = [];
  for (let count = 1; pieces.at(-1)?.type !== 'turn.finished'; count += 1) {
    const after = pieces.at(-1)?.seq ?? 0;
    pieces.push(...(await readSome(world, `/v1/turns/${id}/events?audio=1`, { count, after })));
  }
  const whole = await Array.fromAsync(readEvents(await openEvents(world, id, '?audio=1')));
  assert.deepEqual(pieces, whole);
});

test('events: a reader may name its last event in the address', async () => {
  await using world = await createFrontEndWorld();
  const { id } = await world.play(await world.newConversation(), 'Hi');
  const all = await Array.fromAsync(readEvents(await openEvents(world, id)));
  const rest = await Array.fromAsync(readEvents(await openEvents(world, id, '?lastEventId=2')));
  assert.deepEqual(rest, all.slice(2));
});

test('events: when the stream has expired, one turn.snapshot and turn.finished stand for it', async () => {
  await using world = await createFrontEndWorld({ streamLimits: { keepMs: 0 }, rules: spoken.rules });
  const turn = await world.play(await world.newConversation(), 'Hi');
  const headers = { 'Last-Event-ID': '7' };
  const response = await fetch(`${world.url}/v1/turns/${turn.id}/events`, { headers });
  const [snapshot, finished, ...rest] = await Array.fromAsync(readEvents(response));
  assert.ok(snapshot?.type === 'turn.snapshot' && finished?.type === 'turn.finished');
  assert.deepEqual(rest, []);
  const { type: _, seq, atMs: __, ...fields } = snapshot;
  assert.deepEqual(fields, turn);
  assert.deepEqual([seq, finished.seq], [8, 9]);
  assert.deepEqual([finished.outcome, finished.text], ['answered', 'Yes, sir. No, sir.']);
});

test('events: a reader at a process that does not speak the turn gets the snapshot when it has ended', async () => {
  const holding = holdTurns();
  await using first = await createFrontEndWorld(holding.options);
  await using second = await createFrontEndWorld({ agent: { name: first.agent.name } });
  const { id } = await first.accept(await first.newConversation(), 'hold');
  await holding.held;
  const response = await openEvents(second, id);
  holding.release();
  const events = await Array.fromAsync(readEvents(response));
  assert.deepEqual(typesOf(events), ['turn.snapshot', 'turn.finished']);
});

test('events: a silent stream shows that it is alive', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld({ ...holding.options, frontEnd: { pace: { heartbeatMs: 20 } } });
  const { id } = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  let beats = 0;
  for await (const block of readBlocks(await openEvents(world, id))) {
    if (block === ':') beats += 1;
    if (beats === 3) holding.release();
  }
  assert.ok(beats >= 3);
});

test('events: a turn that nobody knows has none', async () => {
  await using world = await createFrontEndWorld();
  problemOf(await world.send('/v1/turns/turn-nowhere/events'), 404, 'unknown-turn');
});

test('events: a reader that never reads is dropped with a reason in the log, and the turn is not held up', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld({ ...holding.options, frontEnd: { pace: { stallMs: 200 } } });
  const { id } = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  const deaf = openDeaf(world.url, `/v1/turns/${id}/events?audio=1`);
  const pcm = new Uint8Array(1024 * 1024);
  const by = { turnId: id, step: 'voice:1', epoch: 0 };
  for (let index = 0; index < 24; index += 1)
    world.stream.publish(by, { type: 'speech.audio', speech: '1-1', index, pcm });
  holding.release();
  assert.equal((await world.ended(id)).outcome, 'answered');
  const { level, path, reason } = await world.log.arrival('A slow reader was dropped');
  assert.deepEqual([level, path, reason], [40, `/v1/turns/${id}/events`, 'A reader took nothing for 200 ms']);
  await deaf.hearAgain();
});
