import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHistory } from '../../contract/history.ts';
import { Conversation } from '../../contract/http.ts';
import { turnIdOf } from '../../contract/messages.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../front-end-world.ts';
import { startRelay } from '../faults/relay.ts';
import { type HeldWrites, holdTurns, holdWrites } from '../held-turns.ts';
import { lastPrompt } from '../last-prompt.ts';
import { assertNumbered } from '../numbered-turns.ts';
import { textInput } from '../text-input.ts';
import { type TwoProcesses, twoProcesses } from '../two-processes.ts';
import { toStart } from '../world.ts';

// A conversation whose turns are posted to two processes, each with a memory of its own.

test('several processes: turns that are posted here and there are numbered in order, and each prompt has all before', async () => {
  await using both = await twoProcesses({ rules: [{ reply: { text: 'Yes.' } }] });
  const conversation = await both.first.newConversation();
  const said: string[] = [];
  const order = [both.first, both.second, both.second, both.first, both.second, both.first, both.first];
  for (const [index, world] of order.entries()) {
    const text = `Word ${index + 1}`;
    const { number, outcome } = await world.play(conversation, text);
    assert.deepEqual([number, outcome], [index + 1, 'answered']);
    said.push(`user: ${text}`);
    assert.deepEqual(lastPrompt(world), said);
    said.push('assistant: Yes.');
  }
});

test('several processes: of posts to both at once each gets a number of its own, and one of them speaks', async () => {
  const holding = holdTurns();
  await using both = await twoProcesses(holding.options);
  const worlds = [both.first, both.second];
  const conversation = await both.first.newConversation();
  await both.first.play(conversation, 'Hi');
  const posts = Array.from({ length: 6 }, (_, index) => worlds[index % 2] ?? both.first);
  const posted = await Promise.all(posts.map((world) => world.accept(conversation, 'hold')));
  await assertNumbered(both.first, posted, 2);
  const { number: last, id } = posted.toSorted((one, other) => one.number - other.number).at(-1) ?? assert.fail();
  const rest = posted.filter(({ number }) => number !== last);
  const ended = await Promise.all(rest.map((turn) => both.first.ended(turn.id)));
  assert.deepEqual([...new Set(ended.map(({ outcome }) => outcome))], ['interrupted']);
  holding.release();
  assert.equal((await both.first.ended(id)).outcome, 'answered');
});

test('several processes: a repeat of a key finds its turn where neither the turn nor those after it are known', async () => {
  await using both = await twoProcesses();
  const { first, second } = both;
  const key = { 'Idempotency-Key': 'order-7' };
  const conversation = await first.newConversation();
  await first.play(conversation, 'One');
  const keyed = await second.play(conversation, 'Two', key);
  await second.play(conversation, 'Three');
  const asked = second.scripted.requests.chat.all.length;
  assert.deepEqual(await first.play(conversation, 'Two', key), keyed);
  assert.deepEqual(await second.play(conversation, 'Two', key), keyed);
  assert.equal((await first.play(conversation, 'Four')).number, 4);
  assert.equal(second.scripted.requests.chat.all.length, asked);
});

test('several processes: a turn that a repeat of its key has found here is cut by the next post here, and is in its prompt', async () => {
  const holding = holdTurns();
  await using both = await twoProcesses(holding.options);
  const { first, second } = both;
  const key = { 'Idempotency-Key': 'order-7' };
  const conversation = await first.newConversation();
  const open = await first.accept(conversation, 'hold', key);
  await holding.held;
  assert.deepEqual(await second.accept(conversation, 'hold', key), open);
  const next = await second.play(conversation, 'And now?');
  assert.equal(next.number, 2);
  assert.equal((await first.ended(open.id)).outcome, 'interrupted');
  assert.ok(lastPrompt(second).includes('user: hold'), lastPrompt(second).join(' | '));
  holding.release();
});

/** A turn of the first process whose write goes on until it is released. */
async function openRefund({ first }: TwoProcesses, { begun }: HeldWrites) {
  const conversation = await first.newConversation();
  const { id } = await first.accept(conversation, 'refund');
  await begun;
  return { conversation, id };
}

test('several processes: a result that comes late in a turn of another process is in the next prompt', async () => {
  const writes = holdWrites();
  await using both = await twoProcesses(writes.options);
  const { first, second } = both;
  const { conversation, id } = await openRefund(both, writes);
  assert.equal((await second.play(conversation, 'And now?')).number, 2);
  assert.ok(!lastPrompt(second).some((line) => line.includes('refunded')));
  writes.release();
  assert.equal((await first.ended(id)).outcome, 'interrupted');
  assert.equal((await second.play(conversation, 'Is it done?')).number, 3);
  const prompt = lastPrompt(second);
  assert.equal(prompt[0], 'user: refund');
  assert.equal(prompt[1], 'tool: refunded');
  assert.equal(prompt.filter((line) => line.includes('refunded') && line.startsWith('tool')).length, 1);
});

test('several processes: a turn that is open in another process is cut by a post here, once, and is seen as open until it ends', async () => {
  const writes = holdWrites();
  await using both = await twoProcesses(writes.options);
  const { first, second } = both;
  const { conversation, id } = await openRefund(both, writes);
  for (const text of ['And now?', 'And then?'])
    assert.equal((await second.play(conversation, text)).outcome, 'answered');
  const open = Conversation.parse((await second.send(`/v1/conversations/${conversation}`)).body);
  assert.deepEqual(open.pending, [id]);
  assert.deepEqual(
    open.turns.map(({ number, state }) => [number, state]),
    [
      [1, 'running'],
      [2, 'finished'],
      [3, 'finished'],
    ],
  );
  writes.release();
  const { items } = await first.ended(id);
  assert.ok(items.some((item) => item.type === 'result' && item.ok));
  const { items: all } = Conversation.parse((await second.send(`/v1/conversations/${conversation}`)).body);
  assert.deepEqual(
    all.flatMap((item) => (item.type === 'user' ? [item.text] : [])),
    ['refund', 'And now?', 'And then?'],
  );
});

test('several processes: a turn that was begun elsewhere while a start was lost is cut by the next post, and is in its prompt', async () => {
  const holding = holdTurns();
  await using relay = await startRelay(process.env['TEMPORAL_ADDRESS'] ?? '');
  await using first = await createFrontEndWorld(holding.options);
  const agent = { ...holding.options.agent, name: first.agent.name };
  await using second = await createFrontEndWorld({ ...holding.options, agent, temporalAddress: relay.address });
  const conversation = await second.newConversation();
  await second.play(conversation, 'Hi');
  relay.pause();
  problemOf(await second.post(conversation, 'Lost'), 503, 'temporal-unreachable');
  const open = await first.accept(conversation, 'hold');
  await holding.held;
  relay.resume();
  const next = await second.play(conversation, 'And now?');
  assert.ok(next.number > open.number);
  assert.equal((await first.ended(open.id)).outcome, 'interrupted');
  assert.ok(lastPrompt(second).includes('user: hold'));
  holding.release();
});

test('several processes: a turn that nobody knows of, since its process was lost, keeps its number', async () => {
  await using both = await twoProcesses();
  const { first, second } = both;
  const conversation = await first.newConversation();
  const key = { 'Idempotency-Key': 'order-7' };
  // As a process leaves it that dies after it has started the turn, and before it has taken its first step.
  const { status } = await abandonedAt(first, conversation);
  assert.equal(status, 'FAILED');
  const played = await second.play(conversation, 'Hi', key);
  assert.equal(played.number, 2);
  assert.equal((await first.play(conversation, 'Again')).number, 3);
  assert.deepEqual(await first.play(conversation, 'Hi', key), played);
});

test('several processes: a turn that was abandoned, or that is of the same post, is none that the caller has gone on to', async () => {
  await using first = await createFrontEndWorld();
  const conversation = await first.newConversation();
  const place = { conversationId: conversation, number: 0 };
  await abandonedAt(first, conversation);
  assert.equal(await first.conversations.isFollowed(place), false);
  const { id } = await first.play(conversation, 'Hi', { 'Idempotency-Key': 'order-7' });
  const { memo } = await first.client.workflow.getHandle(id).describe();
  const post = { key: String(memo?.['key']), body: String(memo?.['digest']) };
  assert.equal(await first.conversations.isFollowed({ ...place, post }), false);
  assert.equal(await first.conversations.isFollowed(place), true);
});

async function abandonedAt({ client, agent }: FrontEndWorld, conversationId: string) {
  const start = {
    ...{ conversationId, agent: agent.name, input: textInput('Hi'), modality: 'text' as const, number: 1 },
    ...{ home: 'a process that is gone', terms: agent.terms, history: packHistory([]) },
  };
  const handle = await client.workflow.start('turn', toStart(turnIdOf(start), agent, start));
  await handle.result().catch(() => undefined); // it is abandoned
  return { status: (await handle.describe()).status.name };
}
