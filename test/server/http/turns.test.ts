import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreatedConversation, Conversation, Turn } from '../../../contract/http.ts';
import { createFrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { isRecorded } from '../../run-ahead.ts';

test('front end: a turn is accepted with its id, place and number, and read until its workflow has closed', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Hello there.' } }] });
  const conversation = await world.newConversation();
  const answer = await world.post(conversation, 'Hi');
  assert.equal(answer.status, 202);
  const accepted = answer.body as { id: string };
  assert.deepEqual(answer.body, { id: accepted.id, conversationId: conversation, number: 1 });
  assert.equal(accepted.id, `turn-${conversation}-1`);
  assert.equal(answer.headers.get('Location'), `/v1/turns/${accepted.id}`);
  const { startedAt, finishedAt, steps, usage, temporal, ...turn } = await world.ended(accepted.id);
  assert.deepEqual(turn, {
    ...{ id: accepted.id, conversationId: conversation, number: 1, state: 'finished' },
    ...{ outcome: 'answered', degraded: false },
    items: [
      { type: 'user', text: 'Hi' },
      { type: 'speech', speech: '1-1', kind: 'answer', text: 'Hello there.', heardText: 'Hello there.' },
    ],
  });
  assert.ok(Date.parse(startedAt) <= Date.parse(finishedAt ?? ''));
  assert.equal(temporal.workflowId, accepted.id);
  assert.deepEqual(
    usage?.map(({ model, outputTokens }) => [model, outputTokens]),
    [['scripted', 2]],
  );
  assert.deepEqual(
    steps.map(({ id, kind, state, attempts }) => ({ id, kind, state, attempts })),
    [
      { id: 'think:1', kind: 'think', state: 'finished', attempts: 1 },
      { id: 'voice:1', kind: 'voice', state: 'finished', attempts: 1 },
    ],
  );
});

test('front end: a turn names its page in Temporal UI where one is known', async () => {
  await using world = await createFrontEndWorld({ temporalUiUrl: 'http://127.0.0.1:8233/' });
  const { id, temporal } = await world.play(await world.newConversation(), 'Hi');
  const { namespace } = world.client.options;
  const page = `http://127.0.0.1:8233/namespaces/${namespace}/workflows/${id}/${temporal.runId}/history`;
  assert.equal(temporal.url, page);
});

test('front end: Prefer: wait is answered 200 with the whole turn, and says so', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Hello there.' } }] });
  const answer = await world.post(await world.newConversation(), 'Hi', { Prefer: 'respond-async, wait=30' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('Preference-Applied'), 'wait=30');
  const turn = Turn.parse(answer.body);
  assert.equal(turn.outcome, 'answered');
  assert.deepEqual(turn, await world.ended(turn.id));
});

test('front end: Prefer: wait is answered 202 where the turn is not over in time', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const answer = await world.post(await world.newConversation(), 'hold', { Prefer: 'wait=0' });
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get('Preference-Applied'), 'wait=0');
  const { id } = answer.body as { id: string };
  await holding.held;
  for await (const event of world.stream.subscribe(id)) if (isRecorded('tool:1:0:hold', event)) break;
  const running = Turn.parse((await world.send(`/v1/turns/${id}`)).body);
  assert.equal(running.state, 'running');
  assert.equal(running.outcome, undefined);
  assert.equal(running.finishedAt, undefined);
  assert.equal(running.steps.find((step) => step.kind === 'tool')?.state, 'running');
  holding.release();
  assert.equal((await world.ended(id)).outcome, 'answered');
});

test('front end: a preference that is no number of seconds is no fault and not applied', async () => {
  await using world = await createFrontEndWorld();
  const answer = await world.post(await world.newConversation(), 'Hi', { Prefer: 'wait=soon' });
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get('Preference-Applied'), null);
  await world.ended((answer.body as { id: string }).id);
});

test('front end: the next turn has the next number, and its model is sent the turns before', async () => {
  await using world = await createFrontEndWorld({
    rules: [{ when: { user: 'name' }, reply: { text: 'Nice to meet you.' } }, { reply: { text: 'Ann, I think.' } }],
  });
  const conversation = await world.newConversation();
  const first = await world.play(conversation, 'My name is Ann');
  const second = await world.play(conversation, 'Who am I?');
  assert.deepEqual([first.number, second.number], [1, 2]);
  const sent = world.scripted.requests.chat.last?.body.messages ?? [];
  assert.deepEqual(
    sent.slice(-3).map(({ role, content }) => [role, content]),
    [
      ['user', 'My name is Ann'],
      ['assistant', 'Nice to meet you.'],
      ['user', 'Who am I?'],
    ],
  );
  assert.equal(sent.filter(({ role }) => role !== 'system').length, 3);
});

test('front end: a second process goes on with the number and the history of the conversation', async () => {
  await using first = await createFrontEndWorld();
  await using second = await createFrontEndWorld({ agent: { name: first.agent.name } });
  const conversation = await first.newConversation();
  await first.play(conversation, 'My name is Ann');
  const { number } = await second.play(conversation, 'Who am I?');
  assert.equal(number, 2);
  const sent = [first, second].flatMap(({ scripted }) => scripted.requests.chat.all.map(({ body }) => body.messages));
  const contents = sent.at(-1)?.map(({ content }) => content) ?? [];
  assert.ok(contents.includes('My name is Ann'));
});

test('front end: a turn in text synthesises nothing, one in audio does', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const conversation = await world.newConversation();
  await world.play(conversation, 'Hi');
  assert.equal(world.scripted.requests.speech.all.length, 0);
  const path = `/v1/conversations/${conversation}/turns`;
  const headers = { Prefer: 'wait=30' };
  assert.equal((await world.send(path, { json: { input: { text: 'Hi' } }, headers })).status, 200);
  assert.deepEqual(
    world.scripted.requests.speech.all.map(({ body }) => body.input),
    ['Yes.'],
  );
});

test('front end: the context of a turn is shown to the model and is not in the transcript', async () => {
  await using world = await createFrontEndWorld();
  const json = { input: { text: 'Hi' }, modality: 'text', context: 'The caller is in Lisbon.' };
  const path = `/v1/conversations/${await world.newConversation()}/turns`;
  const { body } = await world.send(path, { json, headers: { Prefer: 'wait=30' } });
  assert.match(JSON.stringify(world.scripted.requests.chat.last?.body.messages), /The caller is in Lisbon\./);
  assert.doesNotMatch(JSON.stringify(Turn.parse(body).items), /Lisbon/);
});

test('front end: a second turn is a barge-in on the open one, which ends interrupted', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const open = await world.accept(conversation, 'hold');
  await holding.held;
  const next = await world.play(conversation, 'And now?');
  assert.deepEqual([next.number, next.outcome], [2, 'answered']);
  assert.equal((await world.ended(open.id)).outcome, 'interrupted');
  holding.release();
});

test('front end: a second turn is a barge-in on one that another process speaks for, and knows what it said', async () => {
  const holding = holdTurns();
  await using first = await createFrontEndWorld(holding.options);
  await using second = await createFrontEndWorld({ agent: { name: first.agent.name } });
  const conversation = await first.newConversation();
  const open = await first.accept(conversation, 'hold');
  await holding.held;
  const next = await second.play(conversation, 'Hi');
  assert.deepEqual([next.number, next.outcome], [2, 'answered']);
  assert.equal((await first.ended(open.id)).outcome, 'interrupted');
  assert.match(JSON.stringify(second.scripted.requests.chat.last?.body.messages), /"hold"/);
  holding.release();
});

test('front end: a conversation shows its turns, its items, and what is pending', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const read = async (): Promise<Conversation> =>
    Conversation.parse((await world.send(`/v1/conversations/${conversation}`)).body);
  const first = await world.play(conversation, 'Hi');
  const second = await world.accept(conversation, 'hold');
  await holding.held;
  const open = await read();
  assert.equal(open.agent, world.agent.name);
  assert.deepEqual(
    open.turns.map(({ id, number, state, outcome }) => ({ id, number, state, outcome })),
    [
      { id: first.id, number: 1, state: 'finished', outcome: 'answered' },
      { id: second.id, number: 2, state: 'running', outcome: undefined },
    ],
  );
  assert.deepEqual(open.items, first.items);
  assert.deepEqual(open.pending, [second.id]);
  holding.release();
  const ended = await world.ended(second.id);
  const closed = await read();
  assert.deepEqual(closed.pending, []);
  assert.deepEqual(closed.items, [...first.items, ...ended.items]);
  assert.equal(closed.omittedItems, 0);
});

test('front end: a conversation keeps id and metadata, and is the same when it is created again', async () => {
  await using world = await createFrontEndWorld();
  const json = { id: `call-${world.agent.name}`, metadata: { caller: '+351 555' } };
  const first = await world.send('/v1/conversations', { json });
  assert.equal(first.status, 201);
  assert.equal(first.headers.get('Location'), `/v1/conversations/${json.id}`);
  const created = CreatedConversation.parse(first.body);
  assert.deepEqual({ ...created, createdAt: '' }, { ...json, agent: world.agent.name, createdAt: '' });
  const again = await world.send('/v1/conversations', { json: { id: json.id } });
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, created);
});

test('front end: an id that belongs to another agent is answered 409 naming that agent', async () => {
  await using first = await createFrontEndWorld();
  await using other = await createFrontEndWorld();
  const id = await first.newConversation();
  const { detail } = problemOf(await other.send('/v1/conversations', { json: { id } }), 409, 'agent-differs');
  assert.ok(detail.includes(`'${id}'`) && detail.includes(`'${first.agent.name}'`));
  problemOf(await other.post(id, 'Hi'), 404, 'unknown-agent');
});

test('front end: a turn without input says the greeting, and no model is asked', async () => {
  await using world = await createFrontEndWorld({ agent: { greeting: 'Welcome to the shop.' } });
  const path = `/v1/conversations/${await world.newConversation()}/turns`;
  const { status, body } = await world.send(path, { json: { modality: 'text' }, headers: { Prefer: 'wait=30' } });
  assert.equal(status, 200);
  const [item, ...rest] = Turn.parse(body).items;
  assert.ok(item?.type === 'speech');
  assert.equal(item.text, 'Welcome to the shop.');
  assert.deepEqual(rest, []);
  assert.equal(world.scripted.requests.chat.all.length, 0);
});

test('front end: a turn whose model fails is answered with its outcome and an apology, not with an error', async () => {
  await using world = await createFrontEndWorld({ rules: [{ failure: { kind: 'status', status: 500 } }] });
  const turn = await world.play(await world.newConversation(), 'Hi');
  assert.equal(turn.outcome, 'failed');
  assert.equal(turn.items.at(-1)?.type, 'speech');
  assert.ok(turn.steps.some(({ state, error }) => state === 'failed' && error !== undefined));
});
