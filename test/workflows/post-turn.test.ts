import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { packHistory } from '../../contract/history.ts';
import { turnIdOf, workflowTypes } from '../../contract/messages.ts';
import { holdTurns } from '../held-turns.ts';
import { postThroughTemporal } from '../post-through-temporal.ts';
import { textInput } from '../text-input.ts';
import { createWorld, toStart } from '../world.ts';

const newConversation = () => `through-temporal-${randomUUID().slice(0, 8)}`;

async function failureOf(run: Promise<unknown>): Promise<{ readonly type: unknown; readonly message: string }> {
  const error: unknown = await run.catch((failed: unknown) => failed);
  assert.ok(error instanceof WorkflowFailedError, `It has not failed: ${JSON.stringify(error)}`);
  const cause = error.cause?.cause ?? error.cause;
  assert.ok(cause instanceof ApplicationFailure);
  return { type: cause.type, message: cause.message };
}

test('a post through Temporal becomes a turn with the next number, in a conversation that is begun for it', async () => {
  await using world = await createWorld();
  const conversationId = newConversation();
  for (const number of [1, 2]) {
    const { result } = await postThroughTemporal(world, { conversationId, text: `Word ${number}` });
    const turn = await result();
    assert.deepEqual([turn.conversationId, turn.number, turn.outcome], [conversationId, number, 'answered']);
    assert.deepEqual(turn.items[0], { type: 'user', text: `Word ${number}` });
    const { status } = await world.client.workflow.getHandle(turnIdOf({ conversationId, number })).describe();
    assert.equal(status.name, 'COMPLETED');
  }
});

test('a post through Temporal without words says the greeting', async () => {
  await using world = await createWorld({ agent: { greeting: 'Good day.' } });
  const { result } = await postThroughTemporal(world, { conversationId: newConversation() });
  const { outcome, items } = await result();
  assert.equal(outcome, 'answered');
  assert.deepEqual(
    items.map((item) => item.type === 'speech' && item.text),
    ['Good day.'],
  );
});

test('a post through Temporal with a key that had its turn returns that turn, and nothing runs again', async () => {
  await using world = await createWorld();
  const asked = { conversationId: newConversation(), text: 'Hi', key: 'order-7' };
  const [first, second] = await Promise.all([postThroughTemporal(world, asked), postThroughTemporal(world, asked)]);
  assert.deepEqual(await first.result(), await second.result());
  assert.deepEqual(await (await postThroughTemporal(world, asked)).result(), await first.result());
  assert.equal(world.scripted.requests.chat.all.length, 1);
});

test('a post through Temporal of a turn that fails returns it as failed', async () => {
  await using world = await createWorld({ rules: [{ failure: { kind: 'status', status: 400 } }] });
  const { result } = await postThroughTemporal(world, { conversationId: newConversation(), text: 'Hi' });
  const { outcome, reason } = await result();
  assert.equal(outcome, 'failed');
  assert.match(reason ?? '', /400/);
});

test('a post through Temporal that is cancelled interrupts its turn, and returns it', async () => {
  const holding = holdTurns();
  await using world = await createWorld(holding.options);
  const { handle, result } = await postThroughTemporal(world, { conversationId: newConversation(), text: 'hold' });
  await holding.held;
  await handle.cancel();
  assert.equal((await result()).outcome, 'interrupted');
  holding.release();
});

const REFUSED: readonly (readonly [string, Record<string, unknown>, string, RegExp])[] = [
  ['without a conversation', { conversationId: undefined }, 'Message.Malformed', /'conversationId' must be a text/],
  ['to a conversation of a wrong id', { conversationId: 'a b' }, 'Post.Refused', /'conversationId' must be 1 to 64/],
  ['with words that are none', { text: ' ' }, 'Post.Refused', /'text' does not fit/],
  ['with a key of two lines', { text: 'Hi', key: 'a\nb' }, 'Post.Refused', /'key' must be up to 255 visible/],
  ['with a modality that is none', { text: 'Hi', modality: 'smell' }, 'Message.Malformed', /'modality' must be one of/],
  ['without words, to an agent without a greeting', { text: undefined }, 'Post.Refused', /no greeting/],
];

test('a post through Temporal that cannot become a turn fails at once, and says why', async (t) => {
  await using world = await createWorld();
  for (const [kind, asked, type, why] of REFUSED) {
    await t.test(`one ${kind}`, async () => {
      const { result } = await postThroughTemporal(world, { conversationId: newConversation(), ...asked });
      const failure = await failureOf(result());
      assert.equal(failure.type, type);
      assert.match(failure.message, why);
    });
  }
  assert.equal(world.scripted.requests.chat.all.length, 0);
});

test("a turn that was not posted ends as 'Turn.NotPosted', and nothing is done", async () => {
  await using world = await createWorld();
  const { agent, client, home } = world;
  const conversationId = newConversation();
  const spoken = { conversationId, agent: agent.name, input: textInput('Hi'), modality: 'text' as const };
  const posted = { ...spoken, number: 1, home, terms: agent.terms, history: packHistory([]) };
  const { home: _, ...homeless } = posted;
  const starts = [
    [turnIdOf(posted), spoken],
    [turnIdOf(posted), homeless],
    [`turn-${randomUUID()}`, posted],
    [turnIdOf({ conversationId, number: 2 }), posted],
  ] as const;
  for (const [id, start] of starts) {
    const failure = await failureOf(client.workflow.execute(workflowTypes.turn, toStart(id, agent, start)));
    assert.equal(failure.type, 'Turn.NotPosted');
    assert.match(failure.message, /start the workflow 'postTurn' instead/);
  }
  assert.equal(world.scripted.requests.chat.all.length, 0);
  // The places that were used stay used.
  await world.conversations.create(conversationId);
  const { result } = await postThroughTemporal(world, { conversationId, text: 'Hi' });
  assert.equal((await result()).number, 3);
});
