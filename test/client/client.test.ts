import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLegatoClient, LegatoError } from 'legato/client';
import type { FollowedEvent, ServedEvent } from 'legato/client';
import { createFrontEndWorld } from '../front-end-world.ts';
import { startRelay } from '../faults/relay.ts';

const rules = [{ reply: { text: 'Hello there. How can I help you today?' } }];

test('client: a turn is started, followed to its end, and its result is the whole turn', async () => {
  await using world = await createFrontEndWorld({ rules });
  const legato = createLegatoClient({ baseUrl: world.url });
  const { id: conversation } = await legato.createConversation();
  const turn = await legato.startTurn(conversation, { text: 'Hi', modality: 'text' });
  const types: string[] = [];
  for await (const event of legato.events(turn.id)) types.push(event.type);
  assert.deepEqual([types[0], types.at(-1)], ['turn.started', 'turn.finished']);
  const result = await legato.result(turn.id);
  assert.equal(result.outcome, 'answered');
  assert.deepEqual(
    (await legato.conversation(conversation)).turns.map(({ id }) => id),
    [turn.id],
  );
});

test('client: a repeat with the same idempotency key is the same turn', async () => {
  await using world = await createFrontEndWorld({ rules });
  const legato = createLegatoClient({ baseUrl: world.url });
  const { id: conversation } = await legato.createConversation();
  const start = () => legato.startTurn(conversation, { text: 'Hi', modality: 'text' }, { idempotencyKey: 'once' });
  const first = await start();
  await legato.result(first.id);
  assert.equal((await start()).id, first.id);
  assert.equal(world.scripted.requests.chat.all.length, 1);
});

test('client: events go on where they were when the connection is cut, without loss or repeat', async () => {
  await using world = await createFrontEndWorld({ rules });
  await using relay = await startRelay(new URL(world.url).host);
  const legato = createLegatoClient({ baseUrl: `http://${relay.address}` });
  const { id: conversation } = await legato.createConversation();
  const { id } = await legato.startTurn(conversation, { text: 'Hi' });
  const events: ServedEvent[] = [];
  let cuts = 0;
  for await (const event of legato.events(id, { audio: true })) {
    events.push(event);
    if (event.type !== 'speech.started') continue;
    relay.cut();
    cuts += 1;
  }
  assert.equal(cuts, 1);
  const all = await Array.fromAsync(createLegatoClient({ baseUrl: world.url }).events(id, { audio: true }));
  assert.deepEqual(events, all);
});

test('client: a conversation is followed over its turns and over cut connections, without loss or repeat', async () => {
  await using world = await createFrontEndWorld({ rules });
  await using relay = await startRelay(new URL(world.url).host);
  const legato = createLegatoClient({ baseUrl: `http://${relay.address}` });
  const { id: conversation } = await legato.createConversation();
  const events: FollowedEvent[] = [];
  const turns: string[] = [];
  const start = async () => turns.push((await legato.startTurn(conversation, { text: 'Hi' })).id);
  await start();
  for await (const event of legato.follow(conversation, { audio: true, lastEventId: '0' })) {
    events.push(event);
    if (event.type === 'speech.started') relay.cut();
    if (event.type !== 'turn.finished') continue;
    if (turns.length === 2) break;
    relay.cut();
    await start();
  }
  const alone = createLegatoClient({ baseUrl: world.url });
  for (const turnId of turns) {
    const own = events.flatMap((event) => {
      if (event.type === 'conversation.joined' || event.turnId !== turnId) return [];
      const { turnId: _, eventId: __, ...served } = event;
      return [served];
    });
    assert.deepEqual(own, await Array.fromAsync(alone.events(turnId, { audio: true })));
  }
  const { eventId: lastEventId = '' } = events.at(-3) ?? {};
  const rest: FollowedEvent[] = [];
  for await (const event of alone.follow(conversation, { audio: true, lastEventId })) {
    rest.push(event);
    if (rest.length === 2) break;
  }
  assert.deepEqual(rest, events.slice(-2));
});

test('client: a conversation is followed until the signal is aborted, and one that nobody knows not at all', async () => {
  await using world = await createFrontEndWorld({ rules });
  const legato = createLegatoClient({ baseUrl: world.url });
  const { id: conversation } = await legato.createConversation();
  const leaving = new AbortController();
  const reading = Array.fromAsync(legato.follow(conversation, { signal: leaving.signal }));
  leaving.abort();
  await assert.rejects(reading, { name: 'AbortError' });
  const unknown = Array.fromAsync(legato.follow('nobody'));
  await assert.rejects(unknown, (error) => error instanceof LegatoError && error.status === 404);
});

test('client: a request that is refused is an error with the status and the words of the problem', async () => {
  await using world = await createFrontEndWorld({ rules, frontEnd: { apiKeys: ['right'] } });
  const refused = createLegatoClient({ baseUrl: world.url, apiKey: 'wrong' });
  await assert.rejects(refused.createConversation(), (error) => error instanceof LegatoError && error.status === 401);
  const legato = createLegatoClient({ baseUrl: world.url, apiKey: 'right' });
  await assert.rejects(
    legato.startTurn('nobody', { text: 'Hi' }),
    (error) => error instanceof LegatoError && error.status === 404 && error.message.includes('nobody'),
  );
});

test('client: with a token it uses one conversation and no other, and creates no token', async () => {
  await using world = await createFrontEndWorld({ rules, frontEnd: { apiKeys: ['key'] } });
  const backend = createLegatoClient({ baseUrl: world.url, apiKey: 'key' });
  const [{ id }, { id: other }] = [await backend.createConversation(), await backend.createConversation()];
  const { token, scopes } = await backend.createToken(id);
  assert.deepEqual(scopes, ['turns']);
  const page = createLegatoClient({ baseUrl: world.url, token });
  const turn = await page.startTurn(id, { text: 'Hi', modality: 'text' });
  assert.equal((await page.result(turn.id)).outcome, 'answered');
  const isForbidden = (error: unknown) => error instanceof LegatoError && error.status === 403;
  await assert.rejects(page.startTurn(other, { text: 'Hi' }), isForbidden);
  await assert.rejects(page.createToken(id), isForbidden);
});

test('client: a token that was refused is fetched again, once for all calls, and the calls are sent again', async () => {
  await using world = await createFrontEndWorld({ rules, frontEnd: { apiKeys: ['key'] } });
  const backend = createLegatoClient({ baseUrl: world.url, apiKey: 'key' });
  const { id } = await backend.createConversation();
  const tokens = ['refused', (await backend.createToken(id)).token];
  let fetched = 0;
  const page = createLegatoClient({ baseUrl: world.url, token: async () => tokens[fetched++] ?? assert.fail() });
  await Promise.all([page.conversation(id), page.conversation(id)]);
  assert.equal((await page.conversation(id)).id, id);
  assert.equal(fetched, 2);
});

test('client: a token that is refused again is an error, and so is a key beside a token', async () => {
  await using world = await createFrontEndWorld({ rules, frontEnd: { apiKeys: ['key'] } });
  const page = createLegatoClient({ baseUrl: world.url, token: async () => 'refused' });
  await assert.rejects(page.turn('turn-1'), (error) => error instanceof LegatoError && error.status === 401);
  assert.throws(() => createLegatoClient({ baseUrl: world.url, apiKey: 'key', token: 'token' }), {
    message: "A client has an 'apiKey' or a 'token', not both; leave one out",
  });
});
