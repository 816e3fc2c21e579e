import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';

let world: FrontEndWorld;

before(async () => {
  world = await createFrontEndWorld({ frontEnd: { apiKeys: ['first-key', 'second-key'] } });
});

after(() => world[Symbol.asyncDispose]());

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

for (const { title, headers } of [
  { title: 'no key', headers: {} },
  { title: 'a wrong key', headers: bearer('third-key') },
  { title: 'the beginning of a key', headers: bearer('first') },
  { title: 'two keys at once', headers: bearer('first-key,second-key') },
  { title: 'an empty key', headers: { Authorization: 'Bearer ' } },
  { title: 'a key under another scheme', headers: { Authorization: 'Basic first-key' } },
]) {
  test(`front end: ${title} is answered 401 without quoting it, where keys are set`, async () => {
    const answer = await world.send('/v1/conversations', { json: {}, headers });
    const { detail } = problemOf(answer, 401, 'unauthorized');
    assert.equal(answer.headers.get('WWW-Authenticate'), 'Bearer realm="legato"');
    assert.doesNotMatch(detail, /first|second|third/);
  });
}

for (const path of [
  '/v1/turns/turn-1',
  '/v1/turns/turn-1/events',
  '/v1/turns/turn-1/audio',
  '/openapi.json',
  '/metrics',
  '/v2',
]) {
  test(`front end: ${path} needs a key where keys are set`, async () => {
    problemOf(await world.send(path), 401, 'unauthorized');
  });
}

test('front end: each of the keys is let in, however the scheme is spelt', async () => {
  for (const headers of [bearer('first-key'), bearer('second-key'), { Authorization: 'bearer first-key' }]) {
    assert.equal((await world.send('/v1/conversations', { json: {}, headers })).status, 201);
  }
});

test('front end: health and readiness need no key', async () => {
  const health = await world.send('/healthz');
  assert.deepEqual([health.status, health.body], [200, { status: 'ok' }]);
  const readiness = await world.send('/readyz');
  assert.deepEqual([readiness.status, readiness.body], [200, { status: 'ready' }]);
});

test('front end: what it logs names no key', () => {
  assert.doesNotMatch(JSON.stringify(world.log.all), /first-key|second-key|third-key/);
});
