import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreatedToken } from '../../../contract/access.ts';
import { createOpenApiDocument } from '../../../server/http/openapi/document.ts';
import { type Answer, createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { readBlocks, readEvents } from './served-events.ts';

const KEY = 'the-only-key';
const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });
const withKey = bearer(KEY);

let world: FrontEndWorld;
const mine = 'c1';
const other = 'c2';
let token: string;
let reading: string;
let turnId: string;
let otherTurn: string;

before(async () => {
  world = await createFrontEndWorld({
    rules: [{ reply: { text: 'Hello. How can I help you today?' } }],
    frontEnd: { apiKeys: [KEY] },
  });
  for (const id of [mine, other]) await world.send('/v1/conversations', { json: { id }, headers: withKey });
  token = CreatedToken.parse((await create({})).body).token;
  reading = CreatedToken.parse((await create({ scopes: ['read'] })).body).token;
  turnId = (await world.play(mine, 'Hi', bearer(token))).id;
  otherTurn = (await world.play(other, 'Hi', withKey)).id;
});

after(() => world[Symbol.asyncDispose]());

const create = (json: unknown, headers: Record<string, string> = withKey): Promise<Answer> =>
  world.send(`/v1/conversations/${mine}/tokens`, { json, headers });

test('tokens: one is created with its expiry and its scopes, and is not stored anywhere', async () => {
  const before = Date.now();
  const answer = await create({ scopes: ['read'], ttlSeconds: 60 });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get('Cache-Control'), 'no-store');
  const { expiresAt, scopes } = CreatedToken.parse(answer.body);
  assert.deepEqual(scopes, ['read']);
  const leftMs = Date.parse(expiresAt) - before;
  assert.ok(leftMs > 50_000 && leftMs < 120_000, `it lives ${leftMs} ms`);
});

for (const [json, field, message] of [
  [{ ttlSeconds: 7_201 }, 'ttlSeconds', 'is 7201, over the limit of 7200; lower it'],
  [{ ttlSeconds: 0 }, 'ttlSeconds', 'is 0, under the limit of 1; raise it'],
  [{ ttlSeconds: '60' }, 'ttlSeconds', 'must be of type number'],
  [{ scopes: [] }, 'scopes', 'is empty; fill it or leave it out'],
  [{ scopes: ['write'] }, 'scopes.0', "must be 'read' or 'turns' or 'approve' or 'operate', not 'write'"],
  [{ ttl: 60 }, 'ttl', 'is not a field of this request; leave it out'],
] as const) {
  test(`tokens: ${JSON.stringify(json)} is answered 400 that says what is wrong`, async () => {
    assert.deepEqual(problemOf(await create(json), 400, 'invalid-body').errors, [{ field, message }]);
  });
}

test('tokens: none is created for a conversation that is not there', async () => {
  const answer = await world.send('/v1/conversations/nobody/tokens', { json: {}, headers: withKey });
  problemOf(answer, 404, 'unknown-conversation');
});

test('tokens: with one a page listens, posts, cuts in and reports what was played', async () => {
  const posted = await world.send(`/v1/conversations/${mine}/turns`, {
    json: { input: { text: 'Hi' }, playout: 'client' },
    headers: bearer(token),
  });
  assert.equal(posted.status, 202);
  const { id } = posted.body as { id: string };
  const report = { speech: '1-1', positionMs: 0, state: 'started' };
  const events: string[] = [];
  let outcome: string | undefined;
  for await (const event of readEvents(
    await fetch(`${world.url}/v1/turns/${id}/events?audio=1&access_token=${token}`),
  )) {
    const { type } = event;
    events.push(type);
    if (event.type === 'turn.finished') outcome = event.outcome;
    if (type !== 'speech.audio' || events.filter((seen) => seen === type).length > 1) continue;
    const send = (call: string, json: unknown) => world.send(`/v1/turns/${id}/${call}?access_token=${token}`, { json });
    assert.equal((await send('playout', report)).status, 200);
    assert.equal((await send('interrupt', { speech: '1-1', heardMs: 0 })).status, 200);
  }
  assert.ok(events.includes('turn.interrupted'));
  assert.equal((await world.send(`/v1/turns/${id}/audio?access_token=${token}`)).status, 200);
  assert.equal(outcome, 'interrupted');
});

test("tokens: one with the scope 'read' reads and does nothing else", async () => {
  const headers = bearer(reading);
  for (const path of [`/v1/conversations/${mine}`, `/v1/turns/${turnId}`, `/v1/turns/${turnId}/events`]) {
    assert.equal((await world.send(path, { headers })).status, 200, path);
  }
  for (const path of [`/v1/conversations/${mine}/turns`, `/v1/turns/${turnId}/interrupt`, '/v1/conversations']) {
    const { detail } = problemOf(await world.send(path, { json: {}, headers }), 403, 'scope-missing');
    assert.equal(detail, "This needs the scope 'turns', which a token of 'key-1' does not have");
  }
});

const paths = Object.entries(createOpenApiDocument().paths ?? {}).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
);

for (const { path, method } of paths.filter(({ path }) => path.includes('{id}'))) {
  test(`tokens: ${method} ${path} of another conversation is answered 403`, async () => {
    const id = path.includes('/turns/{id}') ? otherTurn : other;
    const sending = { method, headers: bearer(token), ...(method === 'POST' && { json: {} }) };
    const { detail } = problemOf(await world.send(path.replace('{id}', id), sending), 403, 'foreign-conversation');
    assert.equal(detail, `This conversation is not for a token of 'key-1', only '${mine}'`);
  });
}

for (const [action, path, json] of [
  ['create tokens', `/v1/conversations/${mine}/tokens`, {}],
  ['create conversations', '/v1/conversations', { id: mine }],
  ["send 'context'", `/v1/conversations/${mine}/turns`, { input: { text: 'Hi' }, context: 'The caller is rich.' }],
  ['read metrics', '/metrics', undefined],
] as const) {
  test(`tokens: one cannot ${action}`, async () => {
    const { detail } = problemOf(await world.send(path, { json, headers: bearer(token) }), 403, 'key-needed');
    assert.equal(detail, `A token cannot ${action}; do it with a key`);
  });
}

test('tokens: a key in the address is answered 401 that says so', async () => {
  const answer = await world.send(`/v1/turns/${turnId}?access_token=${KEY}`);
  assert.match(problemOf(answer, 401, 'key-in-address').detail, /replace that key/);
});

test('tokens: what is no token, or two of them in one address, is answered 401', async () => {
  for (const query of ['access_token=', 'access_token=x', `access_token=${token}&access_token=${token}`]) {
    problemOf(await world.send(`/v1/turns/${turnId}?${query}`), 401, 'unauthorized');
  }
});

test('tokens: answers to addresses with a token are kept nowhere, and no page tells where it came from', async () => {
  for (const path of [`/v1/turns/${turnId}`, '/v1/turns/x', '/nowhere']) {
    const { headers } = await world.send(`${path}?access_token=${token}`);
    assert.equal(headers.get('Referrer-Policy'), 'no-referrer', path);
    assert.equal(headers.get('Cache-Control'), 'no-store', path);
  }
});

test('tokens: no answer and no log line has one, or the key, also where a request fails', async () => {
  const asked = ['/nowhere', '/v1/turns/turn-x/events', '/v1/turns/%ff', '/metrics', `/v1/turns/${turnId}`];
  for (const path of asked) {
    for (const secret of [token, `${token}x`]) {
      const { body } = await world.send(`${path}?access_token=${secret}`);
      assert.ok(!JSON.stringify(body).includes(secret), path);
    }
  }
  const created = await world.log.arrival('A token was created');
  assert.deepEqual([created['by'], created['conversation']], ["key 'key-1'", mine]);
  const logged = JSON.stringify(world.log.all);
  for (const secret of [token, reading, KEY]) assert.ok(!logged.includes(secret));
});

test("tokens: a conversation's stream ends with the token of its reader, who needs a new one", async () => {
  const created = await create({ scopes: ['read'], ttlSeconds: 4 });
  const address = `${world.url}/v1/conversations/${mine}/events`;
  const first = await fetch(address, { headers: bearer(CreatedToken.parse(created.body).token) });
  const blocks = await Array.fromAsync(readBlocks(first));
  assert.match(blocks.join('\n'), /event: conversation\.joined/);
  const ended = await world.send(`/v1/conversations/${mine}/events`, {
    headers: bearer(CreatedToken.parse(created.body).token),
  });
  problemOf(ended, 401, 'token-expired');
});
