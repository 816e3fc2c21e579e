import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { readInputSchema } from '../../agent/model-schema.ts';

const closed = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

test('model schema: optional arguments become required and nullable', () => {
  const schema = readInputSchema(
    z.object({
      id: z.string(),
      size: z.int().optional(),
      kind: z.enum(['a', 'b']).describe('Which').optional(),
      note: z.string().nullish(),
      count: z.number().default(1),
    }),
  );
  assert.deepEqual(schema.faults, []);
  assert.equal(schema.strict, true);
  assert.deepEqual(
    schema.parameters,
    closed({
      id: { type: 'string' },
      size: { type: ['integer', 'null'] },
      kind: { description: 'Which', anyOf: [{ type: 'string', enum: ['a', 'b'] }, { type: 'null' }] },
      note: { type: ['string', 'null'] },
      count: { type: ['number', 'null'] },
    }),
  );
});

test('model schema: objects within lists, unions and definitions are closed too', () => {
  const Node = z.object({
    name: z.string(),
    get children() {
      return z.array(Node).optional();
    },
  });
  const shape = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('round'), radius: z.number() }),
    z.object({ kind: z.literal('flat') }),
  ]);
  const { parameters, strict } = readInputSchema(z.object({ tree: Node, shapes: z.array(shape) }));
  const node = closed({
    name: { type: 'string' },
    children: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/__schema0' } }, { type: 'null' }] },
  });
  const round = closed({ kind: { type: 'string', const: 'round' }, radius: { type: 'number' } });
  const flat = closed({ kind: { type: 'string', const: 'flat' } });
  assert.equal(strict, true);
  assert.deepEqual(parameters, {
    ...closed({ tree: { $ref: '#/$defs/__schema0' }, shapes: { type: 'array', items: { anyOf: [round, flat] } } }),
    $defs: { __schema0: node },
  });
});

test('model schema: a schema with an id is an object at the root, also if it contains itself', () => {
  const Node = z
    .object({
      get next() {
        return Node.optional();
      },
    })
    .meta({ id: 'Node' });
  const { parameters, strict } = readInputSchema(Node);
  assert.equal(strict, true);
  assert.equal(parameters.type, 'object');
});

test('model schema: a tool without arguments is strict', () => {
  assert.deepEqual(readInputSchema(z.object({})).parameters, closed({}));
});

test('model schema: ranges and formats that strict mode knows are kept', () => {
  const { parameters, strict } = readInputSchema(z.object({ rows: z.int().min(1).max(9), day: z.iso.date() }));
  const properties = parameters.properties as Record<string, Record<string, unknown>>;
  assert.equal(strict, true);
  assert.deepEqual(properties.rows, { type: 'integer', minimum: 1, maximum: 9 });
  assert.equal(properties.day?.format, 'date');
});

test('model schema: a pattern that OpenAI cannot compile is left to the check', () => {
  const { parameters, strict } = readInputSchema(z.object({ id: z.string().regex(/^(?!0)\d+$/) }));
  assert.deepEqual([parameters, strict], [closed({ id: { type: 'string' } }), true]);
});

const unsayable: [title: string, field: z.ZodType, sent: object][] = [
  ['any value', z.any(), {}],
  ['a map', z.record(z.string(), z.int()), { additionalProperties: { type: 'integer' } }],
  ['an open object', z.looseObject({ a: z.string() }), { additionalProperties: {} }],
  ['a tuple', z.tuple([z.string()]), { prefixItems: [{ type: 'string' }] }],
  ['a text of a least length', z.string().min(3), { minLength: 3 }],
  ['a link', z.url(), { format: 'uri' }],
];
for (const [title, field, sent] of unsayable) {
  test(`model schema: ${title} is sent non-strict and as it is`, () => {
    const { parameters, strict, faults } = readInputSchema(z.object({ field, other: z.string().optional() }));
    const properties = parameters.properties as Record<string, object>;
    assert.deepEqual([faults, strict], [[], false]);
    assert.deepEqual(properties.field, { ...properties.field, ...sent });
    assert.deepEqual(properties.other, { type: 'string' });
    assert.ok(!('$schema' in parameters));
  });
}

test('model schema: objects nested beyond ten levels are sent non-strict', () => {
  const nest = (levels: number): z.ZodObject => (levels === 1 ? z.object({}) : z.object({ in: nest(levels - 1) }));
  assert.equal(readInputSchema(nest(10)).strict, true);
  assert.equal(readInputSchema(nest(11)).strict, false);
});
