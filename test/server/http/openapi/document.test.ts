import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServedEvent } from '../../../../contract/http.ts';
import { Item } from '../../../../contract/items.ts';
import { problemKinds } from '../../../../server/http/problem-kinds.ts';
import { apiDocument, faultsOf, type Schema } from '../../../declared-answers.ts';

const { components, paths, tags } = apiDocument;

const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test('openapi: the document names every call', () => {
  assert.match(apiDocument.openapi, /^3\.1\./);
  assert.deepEqual(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort(), [
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
  ]);
});

test('openapi: every call has an id of its own, a tag that is described, a summary and a description', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  const known = tags.map(({ name }) => name);
  for (const { path, operation } of operations) {
    for (const key of ['operationId', 'summary', 'description']) assert.match(String(operation[key]), /\w{2}/, path);
    assert.ok(
      (operation['tags'] as string[]).every((tag) => known.includes(tag)),
      path,
    );
  }
});

for (const { path, method, operation } of operations) {
  test(`openapi: ${method.toUpperCase()} ${path} describes its parameters, and declares the ids of its path`, () => {
    const parameters = operation.parameters ?? [];
    for (const { name, description } of parameters) assert.match(description ?? '', /\w{2}/, name);
    const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(
      parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
      ids,
    );
  });

  test(`openapi: ${method.toUpperCase()} ${path} declares a form for each of its statuses`, () => {
    for (const [status, { content = {}, description, headers = {} }] of Object.entries(operation.responses)) {
      assert.match(description, /\w{2}/, status);
      assert.equal(Object.keys(content).length, 1, status);
      for (const { schema } of Object.values(content)) faultsOf(schema, {});
      for (const [name, header] of Object.entries(headers)) assert.match(header.description ?? '', /\w{2}/, name);
      if (status === '503') assert.ok(headers['Retry-After']);
    }
  });
}

/** Each field of each object, wherever it stands. */
function* fieldsOf(schema: Schema, path: string): Generator<{ readonly path: string; readonly field: Schema }> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    yield { path: `${path}.${name}`, field };
    yield* fieldsOf(field, `${path}.${name}`);
  }
  const inner = [schema['items'], ...((schema['oneOf'] as Schema[] | undefined) ?? [])];
  for (const part of inner) if (part !== undefined) yield* fieldsOf(part as Schema, path);
}

const resolved = (schema: Schema): Schema => components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema;

test('openapi: every named schema, and every field of one, has a description', () => {
  const named = Object.entries(components.schemas);
  const parts = named.flatMap(([name, schema]) => [{ path: name, field: schema }, ...fieldsOf(schema, name)]);
  assert.ok(parts.length > 200);
  assert.deepEqual(
    parts.filter(({ field }) => !(field.description ?? resolved(field).description)).map(({ path }) => path),
    [],
  );
});

test('openapi: every object with fields has a name, for generators make their types of those', () => {
  const unnamed = Object.entries(components.schemas).flatMap(([name, schema]) =>
    [...fieldsOf(schema, name)].filter(
      ({ field }) => field.properties ?? (field['items'] as Schema | undefined)?.properties,
    ),
  );
  assert.deepEqual(unnamed, []);
  assert.deepEqual(
    Object.keys(components.schemas).filter((name) => !/^[A-Z][A-Za-z]+$/.test(name)),
    [],
  );
});

const typesOf = ({ options }: typeof Item | typeof ServedEvent): string[] =>
  options.map(({ shape }) => shape.type.value);

for (const { name, types } of [
  { name: 'ServedEvent', types: typesOf(ServedEvent) },
  { name: 'ServedConversationEvent', types: ['conversation.joined', ...typesOf(ServedEvent)] },
  { name: 'Item', types: typesOf(Item) },
]) {
  test(`openapi: ${name} is a union of named schemas, told apart by their types`, () => {
    const { oneOf, discriminator } = components.schemas[name] ?? assert.fail();
    const { propertyName, mapping } = discriminator as { propertyName: string; mapping: Record<string, string> };
    assert.equal(propertyName, 'type');
    assert.deepEqual(Object.keys(mapping), types);
    assert.deepEqual(
      (oneOf as Schema[]).map(({ $ref }) => $ref),
      Object.values(mapping),
    );
  });
}

test('openapi: the answers of a later version may have more fields, and requests may not', () => {
  assert.equal(components.schemas['Turn']?.['additionalProperties'], undefined);
  assert.equal(components.schemas['StartTurn']?.['additionalProperties'], false);
});

test('openapi: every kind of problem that a call can have is declared by one', () => {
  const text = JSON.stringify(operations.map(({ operation }) => operation.responses));
  const missing = Object.keys(problemKinds).filter((slug) => !text.includes(`urn:legato:problem:${slug}\``));
  assert.deepEqual(missing, ['unknown-route', 'method-not-allowed']);
});
