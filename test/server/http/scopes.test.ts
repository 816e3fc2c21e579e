import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import type { Scope } from '../../../contract/access.ts';
import { CreatedConversation } from '../../../contract/http.ts';
import { type ApiKey, sha256 } from '../../../server/access/api-key.ts';
import {
  type Answer,
  createFrontEndWorld,
  type FrontEndWorld,
  problemOf,
  type Sending,
} from '../../front-end-world.ts';
import { textInput } from '../../text-input.ts';
import { toStart } from '../../world.ts';

const key = (name: string, scopes: readonly Scope[], prefix = ''): ApiKey => ({
  ...{ name, sha256: sha256(`secret-${name}`), key: `secret-${name}`, scopes, prefix },
});

let world: FrontEndWorld;
/** Of the shop; no other key's. */
let turnId: string;

before(async () => {
  world = await createFrontEndWorld({
    rules: [{ reply: { text: 'Hello.' } }],
    frontEnd: {
      apiKeys: [
        key('shop', ['turns'], 'shop-'),
        key('bank', ['turns'], 'bank-'),
        key('listener', ['read'], 'shop-'),
        key('approver', ['approve'], 'shop-'),
        key('office', ['turns', 'operate']),
      ],
    },
  });
  await as('shop', '/v1/conversations', { json: { id: 'shop-1' } });
  const turn = { json: { input: { text: 'Hi' }, modality: 'text' }, headers: { Prefer: 'wait=30' } };
  const { body } = await as('shop', '/v1/conversations/shop-1/turns', turn);
  turnId = (body as { id: string }).id;
});

after(() => world[Symbol.asyncDispose]());

function as(name: string, path: string, sending: Sending = {}): Promise<Answer> {
  return world.send(path, { ...sending, headers: { Authorization: `Bearer secret-${name}`, ...sending.headers } });
}

interface Call {
  readonly path: string;
  readonly sending?: Sending;
  readonly status: number;
}

const reads = (): Call[] => [
  { path: '/v1/conversations/shop-1', status: 200 },
  { path: `/v1/turns/${turnId}`, status: 200 },
  { path: `/v1/turns/${turnId}/events`, status: 200 },
  { path: `/v1/turns/${turnId}/audio`, status: 200 },
];
const acts = (): Call[] => [
  { path: `/v1/turns/${turnId}/interrupt`, sending: { json: {} }, status: 200 },
  {
    path: `/v1/turns/${turnId}/playout`,
    sending: { json: { speech: '1-1', positionMs: 1, state: 'playing' } },
    status: 409,
  },
  { path: '/v1/conversations/shop-1/tokens', sending: { json: {} }, status: 201 },
  { path: '/v1/conversations/shop-1/turns', sending: { json: { input: { text: ' ' } } }, status: 400 },
];

test("scopes: 'read' reads, and 'turns' reads and acts", async () => {
  for (const { path, sending, status } of reads()) {
    for (const name of ['listener', 'shop', 'office']) {
      assert.equal((await as(name, path, sending)).status, status, `${name}, ${path}`);
    }
  }
  for (const { path, sending, status } of acts()) assert.equal((await as('shop', path, sending)).status, status, path);
});

test('scopes: a call beyond the scopes is answered 403 that names the scope, and the key by its name', async () => {
  const asked = [
    ...acts().map((call) => ({ ...call, name: 'listener', scope: 'turns' })),
    { path: '/v1/conversations', sending: { json: {} }, name: 'listener', scope: 'turns' },
    ...reads().map((call) => ({ ...call, name: 'approver', scope: 'read' })),
  ];
  for (const { path, sending, name, scope } of asked) {
    const answer = await as(name, path, sending);
    const { detail } = problemOf(answer, 403, 'scope-missing');
    assert.equal(detail, `This needs the scope '${scope}', which key '${name}' does not have`);
    const challenge = `Bearer realm="legato", error="insufficient_scope", scope="${scope}"`;
    assert.equal(answer.headers.get('WWW-Authenticate'), challenge);
  }
});

test('scopes: a conversation outside of the prefix and its turns are answered 403, whether they are there or not', async () => {
  const missing = turnId.replace('shop-1', 'shop-9');
  const others = ['/v1/conversations/shop-9', `/v1/turns/${missing}`].map((path) => ({ path, sending: {} }));
  for (const { path, sending } of [...reads(), ...acts(), ...others]) {
    const { detail } = problemOf(await as('bank', path, sending), 403, 'foreign-conversation');
    assert.equal(detail, "This conversation is not for key 'bank', only conversations that begin with 'bank-'");
  }
});

test('scopes: a key with a prefix creates conversations in it only, and gets an id in it where it names none', async () => {
  const { id } = CreatedConversation.parse((await as('bank', '/v1/conversations', { json: {} })).body);
  assert.match(id, /^bank-[0-9a-f]{32}$/);
  assert.equal((await as('bank', `/v1/conversations/${id}`)).status, 200);
  for (const name of ['shop-1', 'bank', 'other']) {
    problemOf(await as('bank', '/v1/conversations', { json: { id: name } }), 403, 'foreign-conversation');
  }
  assert.equal((await as('office', '/v1/conversations', { json: { id: 'other' } })).status, 201);
});

test('scopes: a turn whose id does not name its conversation is there only for who may use that conversation', async () => {
  const { agent, client } = world;
  const start = { conversationId: 'shop-2', agent: agent.name, input: textInput('Hi'), modality: 'text' as const };
  const id = `by-hand-${randomUUID()}`;
  await assert.rejects(client.workflow.execute('turn', toStart(id, agent, start)), WorkflowFailedError);
  for (const name of ['shop', 'office']) assert.equal((await as(name, `/v1/turns/${id}`)).status, 200);
  const { detail } = problemOf(await as('bank', `/v1/turns/${id}`), 404, 'unknown-turn');
  assert.equal(detail.replace(id, 'x'), problemOf(await as('bank', '/v1/turns/x'), 404, 'unknown-turn').detail);
});

test('scopes: every key reads the metrics and the description of the API', async () => {
  for (const name of ['approver', 'bank'])
    for (const path of ['/metrics', '/openapi.json']) assert.equal((await as(name, path)).status, 200);
});

test('scopes: no log line has a key', () => {
  assert.doesNotMatch(JSON.stringify(world.log.all), /secret-/);
});
