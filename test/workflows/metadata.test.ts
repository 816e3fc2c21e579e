import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { defineTool, secret } from 'legato';
import { z } from 'zod';
import type { TurnResult } from '../../contract/turn.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { createFrontEndWorld } from '../front-end-world.ts';
import { createWorld, type AgentOptions, type World } from '../world.ts';
import { hold } from './barge-in/act.ts';
import { postThroughTemporal } from '../post-through-temporal.ts';

// Turns that another process plays than the one that was posted to, or that nobody has posted.

const rules: ScriptRule[] = [
  { when: { afterTool: 'tell' }, reply: { text: 'Done.' } },
  { when: { afterTool: 'wait' }, reply: { calls: [{ name: 'tell', arguments: {} }] } },
  { reply: { calls: [{ name: 'wait', arguments: {} }] } },
];
const schema = z.object({ tenant: z.string(), token: secret(z.string()) });
const METADATA = { tenant: 'mill', token: 'tok-98765432' };
const payloadKeys = [{ id: 'k1', key: randomBytes(32) }];

const tell = defineTool({
  ...{ name: 'tell', description: 'Tells', input: z.object({}), effect: 'read', metadata: schema },
  run: (_, { metadata: { tenant, token } }) => `${tenant} ${token.length}`,
});

function waiting() {
  const { run, begun, end } = hold();
  const tool = defineTool({
    ...{ name: 'wait', description: 'Waits', input: z.object({}), effect: 'read', timeoutMs: 60_000, budgetMs: 60_000 },
    ...{ preamble: 'off', start: 'after_speech_starts' },
    run: (_, { signal }) => run(signal),
  });
  return { tool, begun, end };
}

function toldIn({ items }: TurnResult): unknown {
  return items.flatMap((item) => (item.type === 'result' ? [item.result ?? item.error?.message] : [])).at(-1);
}

/** What the model was told to be, in all its requests. */
function instructionsOf({ scripted }: World): readonly unknown[] {
  return [...new Set(scripted.requests.chat.all.map(({ body }) => body.messages[0]?.content))];
}

/** A turn with secret metadata whose process stops while a tool runs. */
async function stopInTurn(name: string, options: AgentOptions = {}) {
  const { tool, begun } = waiting();
  const agent: AgentOptions = { name, metadata: schema, tools: [tool, tell], ...options };
  const world = await createFrontEndWorld({ rules, agent, payloadKeys });
  const { body } = await world.send('/v1/conversations', { json: { metadata: METADATA } });
  const conversation = (body as { id: string }).id;
  const { id } = await world.accept(conversation, 'Wait');
  await begun;
  await world.stopWorkers();
  return {
    ...{ world, conversation, id },
    [Symbol.asyncDispose]: async () => {
      world.turns.forget(id);
      await world[Symbol.asyncDispose]();
    },
  };
}

function quick(): ReturnType<typeof waiting>['tool'] {
  const { tool, end } = waiting();
  end();
  return tool;
}

const newName = (): string => `meta-${randomUUID().slice(0, 8)}`;

test('take-over: the new home has the metadata, secrets too, and the instructions that were written for the turn', async () => {
  const name = newName();
  const instructions = ({ metadata }: { metadata: object }): string => `First for ${JSON.stringify(metadata)}`;
  await using stopped = await stopInTurn(name, { instructions });
  const agent = { name, metadata: schema, tools: [quick(), tell], instructions: () => 'Second' };
  await using second = await createWorld({ rules, agent, payloadKeys });
  const result = (await second.client.workflow.getHandle(stopped.id).result()) as TurnResult;
  assert.deepEqual([result.outcome, toldIn(result)], ['answered', 'mill 12']);
  assert.deepEqual(instructionsOf(second), ['First for {"tenant":"mill"}']);
});

test('take-over: a process without the key leaves the turn to one that has it, and says why', async () => {
  const name = newName();
  await using stopped = await stopInTurn(name);
  const agent = { name, metadata: schema, tools: [quick(), tell] };
  const handle = stopped.world.client.workflow.getHandle(stopped.id);
  const other = [{ id: 'k2', key: randomBytes(32) }];
  const without = await createWorld({ rules, agent, payloadKeys: other });
  let failure = '';
  while (!failure.includes('LEGATO_PAYLOAD_KEYS')) {
    const { raw } = await handle.describe();
    failure = (raw.pendingActivities ?? []).map(({ lastFailure }) => lastFailure?.message ?? '').join();
  }
  assert.match(
    failure,
    /^It was encrypted with key 'k1', which this process does not have; add it to LEGATO_PAYLOAD_KEYS$/,
  );
  await without[Symbol.asyncDispose]();
  await using second = await createWorld({ rules, agent, payloadKeys });
  const result = (await second.client.workflow.getHandle(stopped.id).result()) as TurnResult;
  assert.deepEqual([result.outcome, toldIn(result)], ['answered', 'mill 12']);
});

test('take-over: tools are not called with metadata that a new agent does not accept, and the turn goes on', async () => {
  const name = newName();
  await using stopped = await stopInTurn(name);
  const metadata = schema.extend({ region: z.string() });
  await using second = await createWorld({ rules, agent: { name, metadata, tools: [quick(), tell] }, payloadKeys });
  const result = (await second.client.workflow.getHandle(stopped.id).result()) as TurnResult;
  assert.equal(result.outcome, 'answered');
  assert.match(String(toldIn(result)), /^The tool was not called: .* does not fit the agent's schema any more$/);
});

test('take-over: a turn that was begun without metadata gets that of its conversation', async () => {
  const name = newName();
  const { tool, begun } = waiting();
  // Of a release that knew of no schema, with metadata in the clear.
  await using first = await createFrontEndWorld({ rules, agent: { name, tools: [tool] } });
  const { body } = await first.send('/v1/conversations', { json: { metadata: METADATA } });
  const { id } = await first.accept((body as { id: string }).id, 'Wait');
  await begun;
  await first.stopWorkers();
  await using second = await createWorld({
    ...{ rules, payloadKeys },
    agent: { name, metadata: schema, tools: [quick(), tell], instructions: () => 'Second' },
  });
  const result = (await second.client.workflow.getHandle(id).result()) as TurnResult;
  first.turns.forget(id);
  assert.deepEqual([result.outcome, toldIn(result)], ['answered', 'mill 12']);
  assert.deepEqual(instructionsOf(second), ['Second']);
});

test('a post through Temporal: the turn has the metadata of its conversation, and is refused where that does not fit', async () => {
  const agent = { name: newName(), metadata: schema, tools: [quick(), tell] };
  await using world = await createFrontEndWorld({ rules, agent, payloadKeys });
  const { body } = await world.send('/v1/conversations', { json: { metadata: METADATA } });
  const { id: conversationId } = body as { id: string };
  const posted = await postThroughTemporal(world, { conversationId, text: 'Wait' });
  const result = await posted.result();
  assert.deepEqual([result.outcome, toldIn(result)], ['answered', 'mill 12']);
  const refused = await postThroughTemporal(world, { conversationId: randomUUID(), text: 'Wait' });
  await assert.rejects(refused.result(), (error) => {
    assert.ok(error instanceof WorkflowFailedError);
    const { type, message } = (error.cause?.cause ?? error.cause) as { type?: unknown; message?: string };
    assert.equal(type, 'Post.Refused');
    assert.match(
      message ?? '',
      /^The turn was not posted: .*'tenant' is missing; send it; 'token' is missing; send it/,
    );
    return true;
  });
});
