import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { packHistory } from '../../../contract/history.ts';
import { turnIdOf } from '../../../contract/messages.ts';
import { AcceptedTurn, StartTurn, Turn } from '../../../contract/http.ts';
import { digestOf, digestOfKey } from '../../../service/turn-post.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { assertNumbered } from '../../numbered-turns.ts';
import { runsAhead } from '../../run-ahead.ts';
import { twoProcesses } from '../../two-processes.ts';
import { toStart } from '../../world.ts';
import { noMetadata } from '../../metadata.ts';
import { textInput } from '../../text-input.ts';

const key = { 'Idempotency-Key': 'order-7' };

test('front end: a repeat of a key with the same body finds the open turn, and nothing runs twice', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const first = await world.accept(conversation, 'hold', key);
  await holding.held;
  assert.deepEqual(await world.accept(conversation, 'hold', key), first);
  holding.release();
  assert.equal((await world.ended(first.id)).outcome, 'answered');
  assert.equal(holding.runs(), 1);
  assert.equal(world.scripted.requests.chat.all.length, 2);
});

test('front end: a repeat of a key after the turn has ended finds that turn', async () => {
  await using world = await createFrontEndWorld();
  const conversation = await world.newConversation();
  const first = await world.play(conversation, 'Hi', key);
  assert.deepEqual(await world.play(conversation, 'Hi', key), first);
  assert.equal(world.scripted.requests.chat.all.length, 1);
});

test('front end: a repeat of a key finds its turn while a later one is open', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const first = await world.play(conversation, 'Hi', key);
  const open = await world.accept(conversation, 'hold');
  await holding.held;
  assert.equal((await world.accept(conversation, 'Hi', key)).id, first.id);
  holding.release();
  await world.ended(open.id);
});

test('front end: a repeat that spells the same body in another way finds the same turn', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const path = `/v1/conversations/${await world.newConversation()}/turns`;
  const headers = { ...key, Prefer: 'wait=30' };
  const first = await world.send(path, { json: { input: { text: 'Hi' } }, headers });
  const body = '{ "playout": "assumed", "modality": "audio",\n "input": { "text": "\\u0048i" } }';
  const second = await world.send(path, { body, headers });
  assert.equal(second.status, 200);
  assert.equal(Turn.parse(second.body).id, Turn.parse(first.body).id);
});

test('front end: a repeat of a key with another body is answered 409, while the turn is open and when it has ended', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const first = await world.accept(conversation, 'hold', key);
  await holding.held;
  const { detail } = problemOf(await world.post(conversation, 'my secret words', key), 409, 'idempotency-key-reused');
  assert.ok(detail.includes(`'${first.id}'`));
  assert.doesNotMatch(detail, /secret|order-7/);
  holding.release();
  await world.ended(first.id);
  problemOf(await world.post(conversation, 'my secret words', key), 409, 'idempotency-key-reused');
  assert.equal(world.scripted.requests.chat.all.length, 2);
});

test('front end: a key of one conversation means nothing in another', async () => {
  await using world = await createFrontEndWorld();
  const first = await world.play(await world.newConversation(), 'Hi', key);
  const other = await world.play(await world.newConversation(), 'Hello', key);
  assert.notEqual(other.id, first.id);
});

test('front end: posts of one key at once become one turn', async () => {
  await using world = await createFrontEndWorld();
  const conversation = await world.newConversation();
  const turns = await Promise.all(Array.from({ length: 8 }, () => world.play(conversation, 'Hi', key)));
  assert.equal(new Set(turns.map(({ id }) => id)).size, 1);
  assert.equal(world.scripted.requests.chat.all.length, 1);
});

test('front end: of posts without a key at once each is a turn, and each but the last is cut', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const turns = await Promise.all(Array.from({ length: 5 }, () => world.accept(conversation, 'hold')));
  await assertNumbered(world, turns, 1);
  await holding.held;
  holding.release();
  const ended = await Promise.all(turns.map(({ id }) => world.ended(id)));
  const outcomes = ended.toSorted((a, b) => a.number - b.number).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, [...Array<string>(4).fill('interrupted'), 'answered']);
});

const chats = ({ scripted }: FrontEndWorld): number => scripted.requests.chat.all.length;

test('front end: a repeat in another process finds the turn, while it is open and when it has ended', async () => {
  const holding = holdTurns();
  await using both = await twoProcesses(holding.options);
  const { first, second } = both;
  const conversation = await first.newConversation();
  const turn = await first.accept(conversation, 'hold', key);
  await holding.held;
  assert.deepEqual(await second.accept(conversation, 'hold', key), turn);
  problemOf(await second.post(conversation, 'Another', key), 409, 'idempotency-key-reused');
  holding.release();
  const ended = await first.ended(turn.id);
  assert.deepEqual(await second.play(conversation, 'hold', key), ended);
  problemOf(await second.post(conversation, 'Another', key), 409, 'idempotency-key-reused');
  assert.equal(holding.runs(), 1);
  assert.equal(chats(first), 2);
});

test('front end: posts of one key at once to two processes become one turn', async () => {
  await using both = await twoProcesses();
  const { first, second } = both;
  const conversation = await first.newConversation();
  const turns = await Promise.all([first.play(conversation, 'Hi', key), second.play(conversation, 'Hi', key)]);
  assert.equal(turns[0].id, turns[1].id);
  assert.equal(turns[0].items.filter((item) => item.type === 'speech').length, 1);
});

interface PostedTurn {
  readonly conversationId: string;
  readonly text: string;
  readonly home: string;
}

/** The workflow that a post with the key starts. */
function startOf({ agent }: FrontEndWorld, { conversationId, text, home }: PostedTurn) {
  const digest = digestOf(StartTurn.parse({ input: { text }, modality: 'text' }));
  const keyDigest = digestOfKey({ conversationId, key: key['Idempotency-Key'] }) ?? '';
  const start = {
    post: { key: keyDigest, body: digest },
    ...{ conversationId, agent: agent.name, input: textInput(text), modality: 'text' as const, number: 1, home },
    ...{ terms: agent.terms, history: packHistory([]) },
  };
  const memo = { digest, key: keyDigest, number: 1, conversationId };
  const id = turnIdOf(start);
  return { id, start, options: { ...toStart(id, agent, start), memo } };
}

/** The turn of a key as a front end leaves it that answered 503 while Temporal took it all the same. */
async function abandonTurn(world: FrontEndWorld, conversationId: string, text: string): Promise<string> {
  const { home, turns, client } = world;
  const { id, start, options } = startOf(world, { conversationId, text, home });
  turns.open({ id, start, before: () => [], metadata: noMetadata }).refuse();
  await assert.rejects(client.workflow.execute('turn', options), WorkflowFailedError);
  turns.forget(id);
  return id;
}

test('front end: a repeat that finds its turn abandoned starts anew, under the next number', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const conversation = await world.newConversation();
  const abandoned = await abandonTurn(world, conversation, 'Hi');
  assert.equal(world.scripted.requests.chat.all.length, 0);
  const turn = await world.play(conversation, 'Hi', key);
  assert.deepEqual([turn.id, turn.number], [turnIdOf({ conversationId: conversation, number: 2 }), 2]);
  assert.equal((await world.ended(abandoned)).number, 1);
  assert.equal(turn.outcome, 'answered');
  assert.deepEqual(await world.play(conversation, 'Hi', key), turn);
  // Ahead of the start that found the abandoned turn one more may have been asked: it was dropped, wherever it had come to.
  const asked: number = world.scripted.requests.chat.all.length;
  assert.ok(asked >= 1 && asked <= (runsAhead ? 2 : 1), `the model was asked ${asked} times`);
});

test('front end: a turn that was abandoned is shown as failed, with nothing said', async () => {
  await using world = await createFrontEndWorld();
  const conversation = await world.newConversation();
  const { outcome, items, steps } = await world.ended(await abandonTurn(world, conversation, 'Hi'));
  assert.equal(outcome, 'failed');
  assert.deepEqual([items, steps], [[], []]);
});

test('front end: a repeat that finds its turn with a home that never takes it is answered 503 until it is abandoned, then starts anew', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const conversationId = await world.newConversation();
  const { options } = startOf(world, { conversationId, text: 'Hi', home: 'nobody' });
  const first = await world.client.workflow.start('turn', options);
  const refused: string[] = [];
  let answer = await world.post(conversationId, 'Hi', key);
  for (; answer.status !== 202; answer = await world.post(conversationId, 'Hi', key)) {
    refused.push(problemOf(answer, 503, 'turn-not-begun').detail);
  }
  const accepted = AcceptedTurn.parse(answer.body);
  assert.deepEqual([accepted.id, accepted.number], [turnIdOf({ conversationId, number: 2 }), 2]);
  assert.ok(refused.length > 0 && refused.every((detail) => detail.includes(`'${first.workflowId}'`)));
  await assert.rejects(first.result(), WorkflowFailedError);
  assert.equal((await world.ended(accepted.id)).outcome, 'answered');
  const asked: number = world.scripted.requests.chat.all.length;
  // Each post may have asked ahead of a start that then found the first turn: it was dropped.
  assert.ok(asked >= 1 && asked <= (runsAhead ? refused.length + 2 : 1), `the model was asked ${asked} times`);
});
