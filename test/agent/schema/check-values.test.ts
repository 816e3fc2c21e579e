import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { createArgumentCheck, createResultCheck } from '../../../agent/schema/check-values.ts';
import { readInputSchema } from '../../../agent/schema/input-schema.ts';
import type { Json } from '../../../contract/items.ts';

const checkOf = (input: z.ZodObject) => createArgumentCheck('find_order', input, readInputSchema(input).input);
const messageOf = (input: z.ZodObject, value: Json) => {
  const checked = checkOf(input)(value);
  assert.ok(!checked.ok);
  assert.equal(checked.error.kind, 'invalid_arguments');
  return checked.error.message;
};

test('arguments: the value is what the schema makes of it', () => {
  const input = z.object({ id: z.string().trim(), limit: z.int().default(5), day: z.string().optional() });
  assert.deepEqual(checkOf(input)({ id: ' 4001 ', limit: null, day: null }), {
    ok: true,
    value: { id: '4001', limit: 5 },
  });
});

test('arguments: a null that the author allows stays', () => {
  const input = z.object({ note: z.string().nullable(), other: z.string().nullish(), any: z.unknown().optional() });
  const value = { note: null, other: null, any: null };
  assert.deepEqual(checkOf(input)(value), { ok: true, value });
});

test('arguments: nulls are taken out in lists, maps, unions and trees', () => {
  const Node = z.object({
    name: z.string().optional(),
    get children() {
      return z.array(Node).optional();
    },
  });
  const input = z.object({
    tree: Node,
    list: z.array(z.object({ a: z.string().optional() })),
    map: z.record(z.string(), z.object({ a: z.string().optional() })),
    either: z.union([
      z.strictObject({ x: z.string(), y: z.string().nullable() }),
      z.object({ y: z.string().optional() }),
    ]),
  });
  const value = {
    tree: { name: null, children: [{ name: 'leaf', children: null }] },
    list: [{ a: null }],
    map: { one: { a: null } },
    either: { y: null },
  };
  const expected = { tree: { children: [{ name: 'leaf' }] }, list: [{}], map: { one: {} }, either: {} };
  assert.deepEqual(checkOf(input)(value), { ok: true, value: expected });
});

test('arguments: an error names field and expectation', () => {
  const input = z.object({
    order_id: z.string(),
    rows: z.array(z.object({ count: z.int() })),
    how: z.enum(['a', 'b']),
  });
  assert.equal(
    messageOf(input, { rows: [{ count: 'many' }], how: 'c' }),
    "Arguments of 'find_order' do not fit: 'order_id': missing, expected string, 'rows.0.count': expected number, received string, " +
      "'how': expected one of 'a', 'b'; call it again with arguments that do",
  );
});

test('arguments: no error text holds a value, no matter who wrote it', () => {
  const input = z.object({
    code: z.string().refine(() => false, { error: ({ input }) => `the code ${String(input)} is wrong` }),
    map: z.record(z.enum(['a']), z.string()).optional(),
    strict: z.strictObject({}),
    throws: z.string().optional(),
  });
  const message = messageOf(input, { code: 'secret-1', map: { 'secret-2': 'x' }, strict: { 'secret-3': 1 } });
  assert.doesNotMatch(message, /secret/);
  assert.match(message, /'code': not accepted/);
});

test('arguments: a rule in its author’s words is told to the model', () => {
  const input = z.object({ id: z.string().regex(/^\d{4}$/, 'four digits, as on the invoice') });
  assert.match(messageOf(input, { id: 'x' }), /'id': four digits, as on the invoice/);
});

test('arguments: of many problems five are told', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const input = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  assert.match(messageOf(input, {}), /'e': missing, expected string, and 2 more; call/);
});

test('arguments: what does not fit a union is told with all that would', () => {
  const input = z.object({ id: z.union([z.string(), z.number()]) });
  assert.match(
    messageOf(input, { id: true }),
    /'id': expected string, received boolean or expected number, received boolean/,
  );
});

test('arguments: an asynchronous check is refused with its reason', () => {
  const input = z.object({ id: z.string().refine(() => Promise.resolve(true)) });
  assert.match(messageOf(input, { id: 'x' }), /the schema has an asynchronous check, which is not supported/);
});

test('arguments: a check that throws is refused without its words', () => {
  const input = z.object({
    id: z.string().refine((id) => {
      throw new TypeError(`bad ${id}`);
    }),
  });
  assert.match(messageOf(input, { id: 'secret' }), /do not fit: a check of the schema threw 'TypeError'; call/);
});

test('arguments: names that every object has are not taken for properties', () => {
  const input = z.object({ a: z.string().optional() });
  const value = JSON.parse('{"toString":null,"__proto__":null,"constructor":null,"a":"x"}') as Json;
  assert.deepEqual(checkOf(input)(value), { ok: true, value: { a: 'x' } });
});

test('result: without a schema it is what JSON makes of it', () => {
  const check = createResultCheck('find_order', undefined);
  assert.deepEqual(check({ at: new Date(0), none: undefined }), {
    ok: true,
    value: { at: '1970-01-01T00:00:00.000Z' },
  });
  assert.deepEqual(check(undefined), { ok: true, value: null });
});

test('result: what JSON cannot hold is refused', () => {
  const check = createResultCheck('find_order', undefined);
  assert.deepEqual(check({ cents: 1n }), {
    ok: false,
    error: {
      kind: 'invalid_result',
      message: "Result of 'find_order' cannot be used: it is not a JSON value ('TypeError'); fix the tool",
    },
  });
});

test('result: the schema is applied, and a misfit names the field', () => {
  const check = createResultCheck('find_order', z.object({ cents: z.int(), item: z.string().toUpperCase() }));
  assert.deepEqual(check({ cents: 5, item: 'lamp', more: 1 }), { ok: true, value: { cents: 5, item: 'LAMP' } });
  const misfit = check({ cents: 'secret', item: 'lamp' });
  assert.ok(!misfit.ok);
  assert.match(misfit.error.message, /cannot be used: 'cents': expected number, received string; fix the tool/);
});
