import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { Conversation } from '../../../contract/http.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { lastPrompt } from '../../last-prompt.ts';
import { postThroughTemporal } from '../../post-through-temporal.ts';

// What a model is told of the conversation before its turn, however the earlier turns came here and left.

/** A conversation once no turn of it runs. It is asked again where Temporal was too busy to answer in time. */
async function readSettled({ send }: FrontEndWorld, conversationId: string): Promise<Conversation> {
  for (;;) {
    const { status, body } = await send(`/v1/conversations/${conversationId}`);
    const known = status === 503 ? undefined : Conversation.parse(body);
    if (known?.pending.length === 0) return known;
  }
}

test('prompt: an open turn keeps what came before it when its conversation was forgotten for others', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld({ ...holding.options, maxKnownConversations: 1 });
  const conversation = await world.newConversation();
  await world.play(conversation, 'Remember me');
  const open = await world.accept(conversation, 'hold');
  await holding.held;
  await world.newConversation();
  holding.release();
  assert.equal((await world.ended(open.id)).outcome, 'answered');
  assert.deepEqual(lastPrompt(world), ['user: Remember me', 'assistant: Yes.', 'user: hold', 'tool: held']);
});

test('prompt: a turn that goes on after a barge-in shows what it came to, when its conversation was forgotten for others', async () => {
  const holding = holdTurns();
  const paying = Promise.withResolvers<void>();
  const paid = Promise.withResolvers<void>();
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays', input: z.object({}), effect: 'write', preamble: 'off', start: 'at_once' },
    run: async () => {
      paying.resolve();
      await paid.promise;
      return 'paid';
    },
  });
  const { agent, rules } = holding.options;
  const payment: ScriptRule = { when: { user: 'pay' }, reply: { calls: [{ name: 'pay', arguments: {} }] } };
  await using world = await createFrontEndWorld({
    agent: { tools: [...agent.tools, pay] },
    rules: [payment, ...rules],
    maxKnownConversations: 1,
  });
  const conversation = await world.newConversation();
  const first = await world.accept(conversation, 'pay');
  await paying.promise;
  const second = await world.accept(conversation, 'hold');
  await holding.held;
  await world.newConversation();
  paid.resolve();
  await world.ended(first.id);
  holding.release();
  await world.ended(second.id);
  assert.deepEqual(lastPrompt(world), ['user: pay', 'tool: paid', 'assistant: …', 'user: hold', 'tool: held']);
});

test('prompt: a turn that this process has taken over is told as it was heard, while it is open and when it has ended', async () => {
  const holding = holdTurns();
  const again = holdTurns();
  await using first = await createFrontEndWorld(holding.options);
  const { name } = first.agent;
  await using second = await createFrontEndWorld({ ...again.options, agent: { ...again.options.agent, name } });
  const conversation = await first.newConversation();
  const taken = await first.accept(conversation, 'hold');
  await holding.held;
  await first.stopWorkers();
  await again.held; // the read runs once more where the turn is now
  await second.play(conversation, 'And now?');
  assert.equal((await second.ended(taken.id)).outcome, 'interrupted');
  const [said, ...rest] = lastPrompt(second);
  assert.equal(said, 'user: hold');
  assert.equal(rest.at(-1), 'user: And now?');
  await second.play(conversation, 'And then?');
  assert.deepEqual(lastPrompt(second).slice(0, rest.length + 1), [said, ...rest]);
  holding.release();
  again.release();
  first.turns.forget(taken.id);
});

test('prompt: a turn that a service has started is told to those after it, which follow it in number', async () => {
  await using world = await createFrontEndWorld({ rules: [{ reply: { text: 'Yes.' } }] });
  const conversation = await world.newConversation();
  await world.play(conversation, 'One');
  const { number, outcome } = await (
    await postThroughTemporal(world, { conversationId: conversation, text: 'Two' })
  ).result();
  assert.deepEqual([number, outcome], [2, 'answered']);
  assert.equal((await world.play(conversation, 'Three')).number, 3);
  const said = ['user: One', 'assistant: Yes.', 'user: Two', 'assistant: Yes.', 'user: Three'];
  assert.deepEqual(lastPrompt(world), said);
});

test('prompt: a turn that is posted through Temporal knows the open one that it interrupts, and follows it in number', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const open = await world.accept(conversation, 'hold');
  await holding.held;
  const { number } = await (
    await postThroughTemporal(world, { conversationId: conversation, text: 'And now?' })
  ).result();
  assert.equal(number, 2);
  const [said, ...rest] = lastPrompt(world);
  assert.deepEqual([said, rest.at(-1)], ['user: hold', 'user: And now?']);
  assert.equal((await world.ended(open.id)).outcome, 'interrupted');
  holding.release();
});

test('prompt: a turn that was terminated while no process spoke for it is shown as failed, and told as it was recorded', async () => {
  const holding = holdTurns();
  await using first = await createFrontEndWorld(holding.options);
  const { name } = first.agent;
  const { agent, rules } = holding.options;
  const conversation = await first.newConversation();
  const lost = await first.accept(conversation, 'hold');
  await holding.held;
  await first.stopWorkers();
  await first.client.workflow.getHandle(lost.id).terminate('It was lost');
  await using second = await createFrontEndWorld({ agent: { ...agent, name }, rules });
  const known = await readSettled(second, conversation);
  const shown = known.turns.map(({ id, state, outcome }) => [id, state, outcome]);
  assert.deepEqual(shown, [[lost.id, 'finished', 'failed']]);
  assert.equal((await second.play(conversation, 'And now?')).number, 2);
  const [said, ...rest] = lastPrompt(second);
  assert.deepEqual([said, rest.at(-1)], ['user: hold', 'user: And now?']);
  holding.release();
  first.turns.forget(lost.id);
});
