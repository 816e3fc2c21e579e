import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createFrontEndWorld, type FrontEndWorld } from '../../front-end-world.ts';

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

let world: FrontEndWorld;
let document: Document;

before(async () => {
  world = await createFrontEndWorld();
  document = (await world.send('/openapi.json')).body as Document;
});

after(() => world[Symbol.asyncDispose]());

const operations = (): { path: string; method: string; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('openapi: the document names every call', () => {
  assert.match(document.openapi, /^3\.1\./);
  assert.deepEqual(
    operations()
      .map(({ path, method }) => `${method.toUpperCase()} ${path}`)
      .sort(),
    [
      'GET /healthz',
      'GET /metrics',
      'GET /openapi.json',
      'GET /readyz',
      'GET /v1/conversations/{id}',
      'GET /v1/conversations/{id}/events',
      'GET /v1/turns/{id}',
      'GET /v1/turns/{id}/audio',
      'GET /v1/turns/{id}/events',
      'POST /v1/conversations',
      'POST /v1/conversations/{id}/tokens',
      'POST /v1/conversations/{id}/turns',
      'POST /v1/turns/{id}/interrupt',
      'POST /v1/turns/{id}/playout',
    ],
  );
});

test('openapi: every call that it names is there, and no other method on its path', async () => {
  for (const { path, method } of operations()) {
    const allowed = await world.send(path.replace('{id}', 'nowhere'), { method: 'PATCH' });
    assert.equal(allowed.status, 405, path);
    assert.ok(allowed.headers.get('Allow')?.split(', ').includes(method.toUpperCase()), path);
  }
});

test('openapi: operation ids differ, and ids in paths are declared', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, operation } of operations().filter(({ path }) => path.includes('{id}'))) {
    assert.ok(
      operation.parameters?.some((parameter) => parameter.in === 'path' && parameter.name === 'id'),
      path,
    );
  }
});

/** Compiles a schema of the document, with all it refers to. */
function compile(schema: object): (value: unknown) => boolean {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return ajv.compile(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as object) as (
    value: unknown,
  ) => boolean;
}

test('openapi: every schema of a response can be compiled, its references lead somewhere', async () => {
  const schemas = operations().flatMap(({ operation }) =>
    Object.values(operation.responses).flatMap(({ content = {} }) =>
      Object.values(content).map(({ schema }) => schema),
    ),
  );
  assert.ok(schemas.length >= 15);
  // Once each, and not in one go: meanwhile the server closes connections that were kept.
  for (const text of new Set(schemas.map((schema) => JSON.stringify(schema)))) {
    compile(JSON.parse(text) as object);
    await turnOfLoop();
  }
});

test('openapi: answers fit the schemas that the document gives them', async () => {
  const schemaOf = (name: string): object => document.components.schemas[name] ?? assert.fail(`no schema ${name}`);
  const conversation = await world.newConversation();
  const turn = await world.play(conversation, 'Hi');
  assert.ok(compile(schemaOf('Turn'))(turn));
  assert.ok(compile(schemaOf('Conversation'))((await world.send(`/v1/conversations/${conversation}`)).body));
  assert.ok(compile(schemaOf('ProblemDetails'))((await world.send('/v1/turns/turn-nowhere')).body));
  assert.equal(compile(schemaOf('Turn'))({ ...turn, number: 'one' }), false);
});
