import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { type HeldWrites, holdWrites } from '../../held-turns.ts';
import { ConversationReader, type Followed, namesOf, ofTurn } from './followed-conversation.ts';
import { openDeaf, readBlocks, readEvents } from './served-events.ts';
import { postThroughTemporal } from '../../post-through-temporal.ts';
import { turnIdOf } from '../../../contract/messages.ts';

const SPOKEN = { rules: [{ reply: { text: 'Yes, sir. No, sir.' } }], speechChunkBytes: 4_800 };

async function readTurn(world: FrontEndWorld, id: string) {
  return Array.fromAsync(readEvents(await fetch(`${world.url}/v1/turns/${id}/events`)));
}

/** Three turns: the second one begins while a write of the first one goes on, which ends after it. */
async function playOverlapping(world: FrontEndWorld, writes: HeldWrites, conversation: string) {
  const first = await world.accept(conversation, 'refund');
  await writes.begun;
  const second = await world.play(conversation, 'And now?');
  writes.release();
  await world.ended(first.id);
  const third = await world.play(conversation, 'Thanks');
  return [first.id, second.id, third.id] as const;
}

test('conversation events: a reader that comes before the first turn gets all turns as they overlap, each in its own order', async () => {
  const writes = holdWrites();
  await using world = await createFrontEndWorld(writes.options);
  const conversation = await world.newConversation();
  await using reader = await ConversationReader.open(world.url, conversation);
  assert.deepEqual((await reader.next())?.event, { type: 'conversation.joined', conversationId: conversation });
  const reading = reader.untilEnds(3);
  const ids = await playOverlapping(world, writes, conversation);
  const followed = await reading;
  for (const id of ids) assert.deepEqual(ofTurn(followed, id), await readTurn(world, id));
  const names = namesOf(followed, ids).filter((name) => /^(turn|tool)\./.test(name));
  assert.deepEqual(names, [
    'turn.started of 1',
    'tool.started of 1',
    'turn.interrupted of 1',
    'turn.started of 2',
    'turn.finished of 2',
    'tool.finished of 1',
    'turn.finished of 1',
    'turn.started of 3',
    'turn.finished of 3',
  ]);
});

test('conversation events: from each event a reader goes on with exactly the rest, within turns, between them and where they overlap', async () => {
  const writes = holdWrites();
  await using world = await createFrontEndWorld(writes.options);
  const conversation = await world.newConversation();
  await using reader = await ConversationReader.open(world.url, conversation);
  const reading = reader.untilEnds(3);
  await playOverlapping(world, writes, conversation);
  const all = await reading;
  for (const [index, { id: lastEventId }] of all.entries()) {
    const rest = all.slice(index + 1);
    await using again = await ConversationReader.open(world.url, conversation, { lastEventId });
    assert.deepEqual(await again.take(rest.length), rest, `after ${lastEventId}`);
  }
});

test('conversation events: a reader that names no event gets the open turn from its first event, and none that have ended', async () => {
  const writes = holdWrites();
  await using world = await createFrontEndWorld(writes.options);
  const conversation = await world.newConversation();
  await world.play(conversation, 'Hi');
  const { id } = await world.accept(conversation, 'refund');
  await writes.begun;
  await using reader = await ConversationReader.open(world.url, conversation);
  await reader.next();
  writes.release();
  const followed = await reader.untilEnds(1);
  assert.deepEqual(ofTurn(followed, id), await readTurn(world, id));
  assert.equal(ofTurn(followed, id).length, followed.length);
});

test('conversation events: audio comes only if it is asked for, and with it the reader has all that was published', async () => {
  await using world = await createFrontEndWorld(SPOKEN);
  const conversation = await world.newConversation();
  await using silent = await ConversationReader.open(world.url, conversation);
  await using all = await ConversationReader.open(world.url, conversation, { audio: true });
  const { status, body } = await world.send(`/v1/conversations/${conversation}/turns`, {
    json: { input: { text: 'Hi' } },
  });
  assert.equal(status, 202);
  const { id } = body as { id: string };
  const [without, withAudio] = await Promise.all([silent.untilEnds(1), all.untilEnds(1)]);
  const seqs = ofTurn(withAudio, id).map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => index + 1),
  );
  const isAudio = ({ event }: Followed): boolean => event.type === 'speech.audio';
  assert.ok(withAudio.some(isAudio));
  assert.deepEqual(
    ofTurn(without, id),
    ofTurn(
      withAudio.filter((one) => !isAudio(one)),
      id,
    ),
  );
});

test('conversation events: a turn whose stream has expired is one snapshot and its end, in the order of turns', async () => {
  await using world = await createFrontEndWorld({ ...SPOKEN, streamLimits: { keepMs: 0 } });
  const conversation = await world.newConversation();
  const turns = [await world.play(conversation, 'One'), await world.play(conversation, 'Two')];
  const ids = turns.map(({ id }) => id);
  await using reader = await ConversationReader.open(world.url, conversation, { lastEventId: '0' });
  const followed = await reader.untilEnds(2);
  assert.deepEqual(namesOf(followed, ids), [
    'turn.snapshot of 1',
    'turn.finished of 1',
    'turn.snapshot of 2',
    'turn.finished of 2',
  ]);
  for (const turn of turns) {
    const [snapshot] = ofTurn(followed, turn.id);
    const { seq: _, atMs: __, type: ___, ...fields } = snapshot as typeof snapshot & { seq: number; atMs: number };
    assert.deepEqual(fields, turn);
  }
  for (const [index, { id: lastEventId }] of followed.entries()) {
    if (followed[index]?.event.type !== 'turn.finished') continue;
    await using again = await ConversationReader.open(world.url, conversation, { lastEventId });
    const rest = followed.slice(index + 1);
    assert.deepEqual(await again.take(rest.length), rest);
  }
});

test('conversation events: a turn that another front end plays is told when it has ended, and one of this one meanwhile', async () => {
  const writes = holdWrites();
  await using first = await createFrontEndWorld(writes.options);
  await using second = await createFrontEndWorld({
    ...writes.options,
    agent: { ...writes.options.agent, name: first.agent.name },
  });
  const conversation = await first.newConversation();
  await using reader = await ConversationReader.open(second.url, conversation);
  await reader.next();
  const there = await first.accept(conversation, 'refund');
  await writes.begun;
  const here = await second.play(conversation, 'And now?');
  const own = await reader.untilEnds(1);
  writes.release();
  const others = await reader.untilEnds(1);
  assert.deepEqual(ofTurn(own, here.id), await readTurn(second, here.id));
  assert.deepEqual(namesOf(others, [there.id]), ['turn.snapshot of 1', 'turn.finished of 1']);
});

test('conversation events: a turn that was posted through Temporal is told', async () => {
  await using world = await createFrontEndWorld({ rules: SPOKEN.rules });
  const conversationId = await world.newConversation();
  await using reader = await ConversationReader.open(world.url, conversationId);
  const { number } = await (await postThroughTemporal(world, { conversationId, text: 'Hi' })).result();
  const followed = await reader.untilEnds(1);
  const own = ofTurn(followed, turnIdOf({ conversationId, number }));
  assert.deepEqual([own[0]?.type, own.at(-1)?.type], ['turn.started', 'turn.finished']);
  const { id: lastEventId = '' } = followed[2] ?? {};
  await using again = await ConversationReader.open(world.url, conversationId, { lastEventId });
  assert.deepEqual(await again.untilEnds(1), followed.slice(3));
});

test('conversation events: a server that stops ends the stream with its last turn, and the reader goes on at another', async () => {
  await using second = await createFrontEndWorld({ rules: SPOKEN.rules });
  const { name } = second.agent;
  await using first = await createFrontEndWorld({ rules: SPOKEN.rules, agent: { name } });
  const conversation = await first.newConversation();
  await using reader = await ConversationReader.open(first.url, conversation);
  const { id } = await first.play(conversation, 'Hi');
  await first.frontEnd.stop();
  const followed = await reader.rest();
  assert.equal(ofTurn(followed, id).at(-1)?.type, 'turn.finished');
  const lastEventId = followed.at(-1)?.id;
  await using elsewhere = await ConversationReader.open(second.url, conversation, { lastEventId });
  const next = await second.play(conversation, 'Hi again');
  const rest = await elsewhere.untilEnds(1);
  assert.deepEqual(ofTurn(rest, next.id), await readTurn(second, next.id));
  assert.equal(ofTurn(rest, next.id).length, rest.length);
});

test('conversation events: a reader hears nothing of another conversation, even if it names an event of one', async () => {
  await using world = await createFrontEndWorld({ rules: SPOKEN.rules });
  const [own, other] = [await world.newConversation(), await world.newConversation()];
  await using foreign = await ConversationReader.open(world.url, other);
  await world.play(other, 'Secret');
  const [, , { id: lastEventId } = { id: '' }] = await foreign.take(3);
  await using reader = await ConversationReader.open(world.url, own, { lastEventId });
  const { id } = await world.play(own, 'Hi');
  await world.play(own, 'Hi again');
  const followed = await reader.untilEnds(2);
  assert.ok(followed.every(({ event }) => !('turnId' in event) || event.turnId.includes(own)));
  assert.deepEqual(ofTurn(followed, id), await readTurn(world, id));
});

test('conversation events: a conversation that nobody knows has none, and an id that is none is refused', async () => {
  await using world = await createFrontEndWorld();
  problemOf(await world.send('/v1/conversations/nobody/events'), 404, 'unknown-conversation');
  const path = `/v1/conversations/${await world.newConversation()}/events`;
  for (const id of ['x', '1,2', '0,1:2:%', '-1', ' ']) {
    const refused = await world.send(`${path}?lastEventId=${encodeURIComponent(id)}`);
    problemOf(refused, 400, 'invalid-event-id');
  }
});

test('conversation events: a silent stream shows that it is alive', async () => {
  await using world = await createFrontEndWorld({ frontEnd: { pace: { heartbeatMs: 20 } } });
  const leaving = new AbortController();
  const address = `${world.url}/v1/conversations/${await world.newConversation()}/events`;
  let beats = 0;
  for await (const block of readBlocks(await fetch(address, { signal: leaving.signal }))) {
    if (block === ':') beats += 1;
    if (beats === 3) break;
  }
  leaving.abort();
  assert.equal(beats, 3);
});

test('conversation events: a reader that never reads is dropped with a reason in the log, and no turn is held up', async () => {
  const writes = holdWrites();
  await using world = await createFrontEndWorld({ ...writes.options, frontEnd: { pace: { stallMs: 200 } } });
  const conversation = await world.newConversation();
  const { id } = await world.accept(conversation, 'refund');
  await writes.begun;
  const deaf = openDeaf(world.url, `/v1/conversations/${conversation}/events?audio=1`);
  const pcm = new Uint8Array(1024 * 1024);
  const by = { turnId: id, step: 'voice:1', epoch: 0 };
  for (let index = 0; index < 24; index += 1)
    world.stream.publish(by, { type: 'speech.audio', speech: '1-1', index, pcm });
  writes.release();
  assert.equal((await world.ended(id)).outcome, 'answered');
  const { path, reason } = await world.log.arrival('A slow reader was dropped');
  assert.deepEqual([path, reason], [`/v1/conversations/${conversation}/events`, 'A reader took nothing for 200 ms']);
  await deaf.hearAgain();
});
