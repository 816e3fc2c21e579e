import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';

const PAGE = 'https://shop.example';

let named: FrontEndWorld;
let all: FrontEndWorld;
let none: FrontEndWorld;

before(async () => {
  const apiKeys = ['key'];
  named = await createFrontEndWorld({ frontEnd: { apiKeys, corsOrigins: [PAGE, 'http://localhost:3000'] } });
  all = await createFrontEndWorld({ frontEnd: { apiKeys, corsOrigins: ['*'] } });
  none = await createFrontEndWorld({ frontEnd: { apiKeys } });
});

after(async () => {
  for (const world of [named, all, none]) await world[Symbol.asyncDispose]();
});

const preflight = (world: FrontEndWorld, origin: string) =>
  world.send('/v1/conversations/c1/turns', {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
    },
  });

test('cors: the browser of a page that may call is told so before it calls, without a key', async () => {
  for (const origin of [PAGE, 'http://localhost:3000']) {
    const { status, headers } = await preflight(named, origin);
    assert.equal(status, 204);
    assert.equal(headers.get('Access-Control-Allow-Origin'), origin);
    assert.equal(headers.get('Vary'), 'Origin');
    assert.equal(headers.get('Access-Control-Allow-Methods'), 'GET, HEAD, POST');
    assert.equal(headers.get('Access-Control-Allow-Credentials'), null);
    const sent = 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, traceparent';
    assert.equal(headers.get('Access-Control-Allow-Headers'), sent);
  }
});

test('cors: its page may read answers and problems, and the headers that say more', async () => {
  const asked = { Origin: PAGE };
  const created = await named.send('/v1/conversations', {
    ...{ json: {}, headers: { ...asked, Authorization: 'Bearer key' } },
  });
  assert.equal(created.status, 201);
  const refused = await named.send('/v1/conversations', { json: {}, headers: asked });
  problemOf(refused, 401, 'unauthorized');
  for (const { headers } of [created, refused, await named.send('/nowhere', { headers: asked })]) {
    assert.equal(headers.get('Access-Control-Allow-Origin'), PAGE);
    const exposed = 'Location, Preference-Applied, Retry-After, WWW-Authenticate';
    assert.equal(headers.get('Access-Control-Expose-Headers'), exposed);
  }
});

for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null']) {
  test(`cors: a page of '${origin}' may read nothing, and caches know that it was asked`, async () => {
    const asked = await preflight(named, origin);
    problemOf(asked, 401, 'unauthorized');
    const answer = await named.send('/healthz', { headers: { Origin: origin } });
    for (const { headers } of [asked, answer]) {
      assert.equal(headers.get('Access-Control-Allow-Origin'), null);
      assert.equal(headers.get('Vary'), 'Origin');
    }
  });
}

test("cors: with '*' every page may call, and no answer depends on which", async () => {
  const { status, headers } = await preflight(all, 'https://any.example');
  assert.equal(status, 204);
  assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
});

test('cors: where no origin is named, no page may call', async () => {
  const { status, headers } = await preflight(none, PAGE);
  assert.equal(status, 401);
  assert.equal(headers.get('Access-Control-Allow-Origin'), null);
  assert.equal(headers.get('Vary'), null);
});
