import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLegatoClient } from 'legato/client';
import { Conversation } from '../../../contract/http.ts';
import { conversationWorkflowId } from '../../../contract/messages.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../../front-end-world.ts';
import { postThroughTemporal } from '../../post-through-temporal.ts';

const CONTEXT = 'The caller is Ada Byron, a customer since 1833.';

/** What the model was shown last as system: its instructions, and the facts after them. */
function shown({ scripted }: FrontEndWorld): readonly string[] {
  const { messages = [] } = (scripted.requests.chat.last?.body ?? {}) as {
    messages?: readonly { readonly role: string; readonly content: string }[];
  };
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return system.flatMap((content) => content.split(/\n\n(?=Facts for)/));
}

const ofConversation = `Facts for this conversation, not to be read out:\n${CONTEXT}`;

test('front end: the context of a conversation is shown to the model in each of its turns, before that of the turn', async () => {
  await using world = await createFrontEndWorld();
  const legato = createLegatoClient({ baseUrl: world.url });
  const { id, context } = await legato.createConversation({ context: CONTEXT });
  assert.equal(context, CONTEXT);
  await world.play(id, 'Hi');
  assert.deepEqual(shown(world).slice(1), [ofConversation]);
  const turn = await legato.startTurn(id, { text: 'Hi', modality: 'text', context: 'The line is bad.' });
  await legato.result(turn.id);
  assert.deepEqual(shown(world).slice(1), [
    ofConversation,
    'Facts for this turn, not to be read out:\nThe line is bad.',
  ]);
  const read = await legato.conversation(id);
  assert.equal(read.context, CONTEXT);
  assert.doesNotMatch(JSON.stringify(read.items), /1833/);
});

test('front end: a conversation that is created again keeps its context, whatever comes', async () => {
  await using world = await createFrontEndWorld();
  const id = await world.newConversation();
  const again = await world.send('/v1/conversations', { json: { id, context: CONTEXT } });
  assert.deepEqual([again.status, (again.body as Conversation).context], [200, undefined]);
  await world.play(id, 'Hi');
  assert.equal(shown(world).length, 1);
});

test('front end: a turn that is posted through Temporal is shown the context of its conversation', async () => {
  await using world = await createFrontEndWorld();
  const { id: conversationId } = await createLegatoClient({ baseUrl: world.url }).createConversation({
    context: CONTEXT,
  });
  await (await postThroughTemporal(world, { conversationId, text: 'Hi' })).result();
  assert.deepEqual(shown(world).slice(1), [ofConversation]);
});

test('front end: a conversation keeps its context in another process, and after it has closed and is open again', async () => {
  await using first = await createFrontEndWorld();
  await using other = await createFrontEndWorld({ agent: { name: first.agent.name } });
  const { id } = await createLegatoClient({ baseUrl: first.url }).createConversation({ context: CONTEXT });
  await first.play(id, 'Hello');
  // What it leaves is its record, as when it closes after a day.
  await first.client.workflow.getHandle(conversationWorkflowId(id)).terminate('closed by the test');
  for (const text of ['Hi', 'And now?']) {
    await other.play(id, text);
    assert.deepEqual(shown(other).slice(1), [ofConversation]);
  }
  const { body } = await other.send(`/v1/conversations/${id}`);
  const { context, turns } = Conversation.parse(body);
  assert.deepEqual([context, turns.length], [CONTEXT, 3]);
});
