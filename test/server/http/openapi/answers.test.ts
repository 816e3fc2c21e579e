import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFrontEndWorld, type FrontEndWorld } from '../../../front-end-world.ts';
import { apiDocument, assertDeclared, faultsOf } from '../../../declared-answers.ts';
import { readEvents } from '../served-events.ts';

let world: FrontEndWorld;

before(async () => {
  world = await createFrontEndWorld();
});

after(() => world[Symbol.asyncDispose]());

test('openapi: the server answers with the document', async () => {
  assert.deepEqual((await world.send('/openapi.json')).body, apiDocument);
});

test('openapi: every call that it names is there, and no other method on its path', async () => {
  for (const [path, methods] of Object.entries(apiDocument.paths)) {
    const answer = await world.send(path.replace('{id}', 'nowhere'), { method: 'PATCH' });
    assert.equal(answer.status, 405, path);
    const allowed = answer.headers
      .get('Allow')
      ?.split(', ')
      .filter((method) => method !== 'HEAD');
    assert.deepEqual(
      allowed,
      Object.keys(methods).map((method) => method.toUpperCase()),
      path,
    );
  }
});

test('openapi: an answer that the document does not declare fails the tests', async () => {
  const answer = await world.send('/v1/turns/turn-nowhere');
  const broken = { ...answer, body: { ...(answer.body as object), more: 1 } };
  assert.throws(() => assertDeclared('GET', '/v1/turns/turn-nowhere', { ...answer, status: 402 }), /status 402/);
  assert.throws(() => assertDeclared('GET', '/v1/turns/turn-nowhere', broken), /not what its schema says/);
  const type = 'urn:legato:problem:stopping';
  const other = { ...answer, body: { ...(answer.body as object), type } };
  assert.throws(
    () => assertDeclared('GET', '/v1/turns/turn-nowhere', other),
    /does not declare urn:legato:problem:stopping/,
  );
  assert.throws(() => assertDeclared('GET', '/v2', { ...answer, status: 200 }), /not described/);
});

test('openapi: every event of a turn is one that the document declares, without a field more', async () => {
  const turn = await world.accept(await world.newConversation(), 'Hi');
  const schema = { $ref: '#/components/schemas/ServedEvent' };
  const events = await Array.fromAsync(readEvents(await fetch(`${world.url}/v1/turns/${turn.id}/events`)));
  assert.ok(events.length > 3);
  assert.deepEqual(
    events.flatMap((event) => faultsOf(schema, event)),
    [],
  );
});
