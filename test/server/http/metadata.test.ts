import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { defineTool, secret } from 'legato';
import { z } from 'zod';
import { type Conversation, CreatedConversation } from '../../../contract/http.ts';
import { conversationWorkflowId } from '../../../contract/messages.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import type { AgentOptions } from '../../world.ts';

const TOKEN = 'tok-98765432';
const schema = z.object({ tenant: z.string().min(2), token: secret(z.string().min(8).optional()) });
const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'Done.' } },
  { reply: { calls: [{ name: 'act', arguments: {} }] } },
];
const k1 = { id: 'k1', key: randomBytes(32) };
const k2 = { id: 'k2', key: randomBytes(32) };

/** What the tool was given of the conversation. */
const seen: unknown[] = [];
const act = defineTool({
  ...{ name: 'act', description: 'Acts', input: z.object({}), effect: 'write', metadata: schema },
  run: (_, { metadata }) => {
    seen.push(metadata);
    return { used: metadata.token ?? null };
  },
});

function agentWith(options: AgentOptions = {}): AgentOptions & { readonly name: string } {
  return { name: `meta-${randomUUID().slice(0, 8)}`, metadata: schema, tools: [act], ...options };
}

async function create(world: FrontEndWorld, metadata: Record<string, string>): Promise<string> {
  const { status, body } = await world.send('/v1/conversations', { json: { metadata } });
  assert.equal(status, 201, JSON.stringify(body));
  return CreatedConversation.parse(body).id;
}

test('metadata: a conversation is refused whose metadata does not fit, and nothing is started', async () => {
  await using world = await createFrontEndWorld({ rules, agent: agentWith(), payloadKeys: [k1] });
  const id = randomUUID();
  const json = { id, metadata: { token: 'tok' } };
  const { detail, errors } = problemOf(await world.send('/v1/conversations', { json }), 400, 'invalid-body');
  assert.match(detail, /metadata\.tenant is missing; send it; metadata\.token does not fit: too small/);
  assert.deepEqual(
    errors?.map(({ field }) => field),
    ['metadata.tenant', 'metadata.token'],
  );
  problemOf(await world.send(`/v1/conversations/${id}`), 404, 'unknown-conversation');
});

test('metadata: one that is there is found without its metadata, and not with metadata that does not fit', async () => {
  await using world = await createFrontEndWorld({ rules, agent: agentWith(), payloadKeys: [k1] });
  const id = await create(world, { tenant: 'mill' });
  const found = await world.send('/v1/conversations', { json: { id } });
  assert.equal(found.status, 200);
  assert.deepEqual(CreatedConversation.parse(found.body).metadata, { tenant: 'mill' });
  problemOf(await world.send('/v1/conversations', { json: { id, metadata: {} } }), 400, 'invalid-body');
});

test('metadata: a secret reaches the tool, and neither Temporal, nor the model, nor the log, nor a client', async () => {
  const events: unknown[] = [];
  const onPublish = (event: object): void => void events.push(event);
  await using world = await createFrontEndWorld({ rules, agent: agentWith(), payloadKeys: [k1], onPublish });
  const { client, scripted, log } = world;
  const created = await world.send('/v1/conversations', { json: { metadata: { tenant: 'mill', token: TOKEN } } });
  const { id } = CreatedConversation.parse(created.body);
  seen.length = 0;
  const turn = await world.play(id, 'Act');
  assert.deepEqual(seen, [{ tenant: 'mill', token: TOKEN }]);
  assert.deepEqual(turn.items.find((item) => item.type === 'result')?.result, { used: '[hidden]' });
  const got = await world.send(`/v1/conversations/${id}`);
  assert.deepEqual((got.body as Conversation).metadata, { tenant: 'mill' });
  const handles = [turn.id, conversationWorkflowId(id)].map((workflow) => client.workflow.getHandle(workflow));
  const kept = await Promise.all(handles.map(async (handle) => [await handle.describe(), await handle.fetchHistory()]));
  const inTemporal = kept.map((parts) => textsIn(parts));
  for (const text of inTemporal) assert.match(text, /mill[^]*"k1\.|"k1\.[^]*mill/, 'What is kept was not looked at');
  const elsewhere = [created.body, turn, got.body, events, scripted.requests, log.all].map((parts) => textsIn(parts));
  for (const text of [...inTemporal, ...elsewhere]) {
    for (const form of [TOKEN, Buffer.from(TOKEN).toString('base64').slice(0, 12)]) assert.ok(!text.includes(form));
  }
});

/** All text in a value, and what its bytes are as text. */
function textsIn(value: unknown, known = new Set<unknown>()): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object' || value === null) return String(value);
  if (known.has(value)) return '';
  known.add(value);
  return Object.values(value)
    .map((part) => textsIn(part, known))
    .join('\n');
}

test('metadata: a conversation from before that does not fit is refused a turn, and is still there', async () => {
  const agent = agentWith();
  await using before = await createFrontEndWorld({ rules, agent: { name: agent.name } });
  const id = await before.newConversation();
  await using world = await createFrontEndWorld({ rules, agent, payloadKeys: [k1] });
  const { detail, errors } = problemOf(await world.post(id, 'Act'), 409, 'metadata-unfit');
  assert.match(
    detail,
    /does not fit the agent, and no turn was started: metadata\.tenant is missing; send it\. Metadata/,
  );
  assert.deepEqual(
    errors?.map(({ field }) => field),
    ['metadata.tenant'],
  );
  const { turns } = (await world.send(`/v1/conversations/${id}`)).body as Conversation;
  assert.deepEqual(turns, []);
  assert.equal((await before.play(id, 'Hello')).outcome, 'answered');
});

test('metadata: what was stored before it became secret is shown to nobody from then on', async () => {
  const agent = agentWith();
  await using before = await createFrontEndWorld({ rules, agent: { name: agent.name } });
  const id = await create(before, { tenant: 'mill', token: TOKEN });
  await using world = await createFrontEndWorld({ rules, agent, payloadKeys: [k1] });
  const { body } = await world.send(`/v1/conversations/${id}`);
  assert.deepEqual((body as Conversation).metadata, { tenant: 'mill' });
});

test('metadata: another process reads secrets with the same keys, and names the key that it does not have', async () => {
  const agent = agentWith();
  await using first = await createFrontEndWorld({ rules, agent, payloadKeys: [k2, k1] });
  const id = await create(first, { tenant: 'mill', token: TOKEN });
  await using rotated = await createFrontEndWorld({ rules, agent, payloadKeys: [k1, k2] });
  seen.length = 0;
  await rotated.play(id, 'Act');
  assert.deepEqual(seen, [{ tenant: 'mill', token: TOKEN }]);
  await using without = await createFrontEndWorld({ rules, agent, payloadKeys: [k1] });
  const { detail } = problemOf(await without.post(id, 'Act'), 503, 'metadata-unreadable');
  assert.match(
    detail,
    /It was encrypted with key 'k2', which this process does not have; add it to LEGATO_PAYLOAD_KEYS$/,
  );
});
