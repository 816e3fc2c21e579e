import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { Conversation } from '../../../contract/http.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../../front-end-world.ts';
import { holdTurns, holdWrites } from '../../held-turns.ts';
import { eventOf, eventsOf, firstIsWhole, interrupt, LONG, speak } from './spoken-turns.ts';

const REASON = 'the caller has hung up';

async function terminate({ client }: FrontEndWorld, turnId: string): Promise<void> {
  await client.workflow.getHandle(turnId).terminate(REASON);
}

/** The end of a turn as its readers get it, once this process no longer has the turn open. */
async function endOf(world: FrontEndWorld, turnId: string) {
  const end = (await eventsOf(world, turnId)).at(-1);
  assert.ok(end?.type === 'turn.finished');
  await world.turns.whenEmpty();
  return end;
}

async function conversationOf(world: FrontEndWorld, turnId: string): Promise<Conversation> {
  const { body } = await world.send(`/v1/turns/${turnId}`);
  const { conversationId } = body as { conversationId: string };
  return Conversation.parse((await world.send(`/v1/conversations/${conversationId}`)).body);
}

test('terminated workflow: the turn is silent, its readers and its conversation are told, and its place is free', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: LONG } }], frontEnd: { maxOpenTurns: 1 } });
  const id = await speak(world);
  await firstIsWhole(world, id);
  await terminate(world, id);
  const { outcome, reason } = await endOf(world, id);
  assert.equal(outcome, 'failed');
  assert.match(reason ?? '', /the caller has hung up/);
  const { turns, pending, items } = await conversationOf(world, id);
  assert.deepEqual(pending, []);
  assert.deepEqual([turns.at(-1)?.state, turns.at(-1)?.outcome], ['finished', 'failed']);
  const speech = items.find((item) => item.type === 'speech');
  assert.ok(speech?.interrupted && LONG.startsWith(speech.heardText) && speech.heardText.length > 0);
  const [line, ...more] = world.log.all;
  assert.deepEqual([line?.level, line?.['turn'], line?.['reason'], more], [40, id, reason, []]);
  assert.equal((await world.play(await world.newConversation(), 'Hi')).number, 1);
});

test('terminated workflow: what was heard reaches the conversation, though another process has told it of the end before', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: LONG } }] });
  await using other = await createFrontEndWorld({ agent: { name: world.agent.name } });
  const id = await speak(world);
  await firstIsWhole(world, id);
  await terminate(world, id);
  while ((await conversationOf(other, id)).pending.length > 0); // on a busy machine it takes longer than a reader waits
  await endOf(world, id);
  const { items, turns } = await conversationOf(world, id);
  const [said, speech, ...more] = items;
  assert.deepEqual([said?.type, more, turns.length], ['user', [], 1]);
  assert.ok(speech?.type === 'speech' && LONG.startsWith(speech.heardText) && speech.heardText.length > 0);
});

test('terminated workflow: no other model call is made, and nothing more is said', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const { id } = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  await terminate(world, id);
  const { outcome } = await endOf(world, id);
  holding.release();
  assert.equal(outcome, 'failed');
  assert.equal(world.scripted.requests.chat.all.length, 1);
  assert.deepEqual(
    (await eventsOf(world, id)).filter(({ type }) => type === 'speech.started'),
    [],
  );
});

test('terminated workflow: a write that had begun is never aborted, and the next turn knows that it may have happened', async () => {
  const writes = holdWrites();
  await using world = await createFrontEndWorld(writes.options);
  const conversation = await world.newConversation();
  const { id } = await world.accept(conversation, 'refund');
  const signal = await writes.begun;
  await terminate(world, id);
  await endOf(world, id);
  assert.equal(signal.aborted, false);
  writes.release();
  const { number } = await world.play(conversation, 'Hi');
  assert.equal(number, 2);
  assert.match(JSON.stringify(world.scripted.requests.chat.last?.body.messages), /outcome_unknown/);
});

test('terminated workflow: an interrupt is answered, and the turn ends', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: LONG } }] });
  const id = await speak(world);
  await firstIsWhole(world, id);
  await terminate(world, id);
  const { status } = await interrupt(world, id);
  assert.ok(status === 200 || status === 202);
  assert.equal((await endOf(world, id)).outcome, 'failed');
});

test('terminated workflow: the next turn of the conversation speaks', async () => {
  const tool = defineTool({
    name: 'hold',
    description: 'Goes on when the caller speaks',
    input: z.object({}),
    effect: 'read',
    onBargeIn: 'block',
    preamble: 'off',
    timeoutMs: 25_000,
    budgetMs: 25_000,
    run: () => new Promise(() => undefined),
  });
  const rules = [
    { when: { user: 'hold' }, reply: { calls: [{ name: 'hold', arguments: {} }] } },
    { reply: { text: 'Yes.' } },
  ];
  await using world = await createFrontEndWorld({ agent: { tools: [tool] }, rules });
  const conversation = await world.newConversation();
  const first = await world.accept(conversation, 'hold');
  await eventOf(world, first.id, { type: 'tool.started' });
  const second = await world.accept(conversation, 'Hi');
  await terminate(world, first.id);
  assert.equal((await world.ended(second.id)).outcome, 'answered');
  assert.equal((await endOf(world, first.id)).outcome, 'failed');
});
