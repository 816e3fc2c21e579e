import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { faultsOfTools, lookup } from '../defined.ts';

const faultsOfTool = (tool: object) =>
  faultsOfTools({ ...lookup, ...tool }).map((fault) => fault.replace("tool 'find_order': ", ''));
const asynchronous = "has an asynchronous check or transform, but values are checked at once; do it in 'run'";

const checks: [title: string, schema: z.ZodType][] = [
  ['a refinement', z.string().refine(async (id) => id !== '')],
  ['a check', z.string().check(async () => undefined)],
  ['a transform', z.string().transform(async (id) => id)],
  ['a step before', z.preprocess(async (id) => id, z.string())],
  ['a codec', z.codec(z.string(), z.string(), { decode: async (id) => id, encode: (id) => id })],
  ['a type', z.custom<string>(async () => true)],
  ['an overwrite', z.string().overwrite((async (id: string) => id) as never)],
  ['an item', z.array(z.string().refine(async () => true))],
  ['a branch', z.union([z.number(), z.string().refine(async () => true)])],
  [
    'an optional value',
    z
      .string()
      .refine(async () => true)
      .optional(),
  ],
  ['a part of itself', z.lazy(() => z.string().refine(async () => true))],
];
for (const [title, schema] of checks) {
  test(`schemas: ${title} that is asynchronous is a fault of the input and of the output`, () => {
    assert.ok(faultsOfTool({ input: z.object({ id: schema }) }).includes(`argument 'id' of 'input' ${asynchronous}`));
    const output = z.object({ order: z.object({ id: schema }) });
    assert.deepEqual(faultsOfTool({ output }), [`field 'order.id' of 'output' ${asynchronous}`]);
  });
}

test('schemas: an asynchronous check of the whole input is a fault', () => {
  const input = z.object({ id: z.string() }).refine(async () => true);
  assert.deepEqual(faultsOfTool({ input }), [`'input' ${asynchronous}`]);
});

const notJson: [title: string, schema: z.ZodType, advice: RegExp][] = [
  ['a bigint', z.bigint(), /is a bigint, which JSON cannot hold; use 'z\.string\(\)'/],
  ['a date', z.date(), /is a date, which JSON cannot hold; use 'z\.iso\.datetime\(\)'/],
  ['a date made of text', z.coerce.date(), /is a date/],
  ['a map', z.map(z.string(), z.string()), /is a map, .*; use 'z\.record\(\)'/],
  ['a set', z.set(z.string()), /is a set, .*; use 'z\.array\(\)'/],
  ['undefined', z.undefined(), /is undefined, .*; use 'z\.null\(\)', or '\.optional\(\)'/],
  ['nothing', z.void(), /is void, /],
  ['a symbol', z.symbol(), /is a symbol, /],
  ['NaN', z.nan(), /is NaN, /],
  ['a file', z.file(), /is a file, /],
  ['a literal bigint', z.literal(5n), /is a bigint, /],
];
for (const [title, schema, advice] of notJson) {
  test(`schemas: ${title} in an output is a fault, wherever it is`, () => {
    const [whole = '', ...more] = faultsOfTool({ output: schema });
    assert.deepEqual(more, []);
    assert.match(whole, new RegExp(`^'output' ${advice.source}`));
    const [field = ''] = faultsOfTool({ output: z.object({ list: z.array(schema.nullable()) }) });
    assert.match(field, new RegExp(`^field 'list' of 'output' ${advice.source}`));
  });
}

test('schemas: an output that makes JSON of something else is taken, and one that makes something else of JSON is not', () => {
  const toText = z.date().transform((date) => date.toISOString());
  assert.deepEqual(faultsOfTool({ output: z.object({ at: toText, maybe: z.string().optional() }) }), []);
  const codec = z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  });
  assert.match(faultsOfTool({ output: z.object({ at: codec }) })[0] ?? '', /^field 'at' of 'output' is a date/);
});

test('schemas: an output that contains itself is looked at once', () => {
  const Tree: z.ZodType = z.lazy(() => z.object({ at: z.date(), children: z.array(Tree) }));
  assert.deepEqual(faultsOfTool({ output: Tree }).length, 1);
});
