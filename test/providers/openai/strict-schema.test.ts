import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { readInputSchema } from '../../../agent/schema/input-schema.ts';
import { toWireParameters } from '../../../providers/openai/strict-schema.ts';

const sent = (schema: z.ZodObject, asksPreamble = false) =>
  toWireParameters(readInputSchema(schema, asksPreamble).parameters);

const closed = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

test('strict schema: optional arguments become required and nullable', () => {
  const schema = sent(
    z.object({
      id: z.string(),
      size: z.int().optional(),
      kind: z.enum(['a', 'b']).describe('Which').optional(),
      note: z.string().nullish(),
      count: z.number().default(1),
    }),
  );
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

test('strict schema: objects within lists, unions and definitions are closed too', () => {
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
  const { parameters, strict } = sent(z.object({ tree: Node, shapes: z.array(shape) }));
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

test('strict schema: a schema with an id is an object at the root, also if it contains itself', () => {
  const Node = z
    .object({
      get next() {
        return Node.optional();
      },
    })
    .meta({ id: 'Node' });
  const { parameters, strict } = sent(Node);
  assert.equal(strict, true);
  assert.equal(parameters.type, 'object');
});

test('strict schema: a tool without arguments is strict', () => {
  assert.deepEqual(sent(z.object({})).parameters, closed({}));
});

test('strict schema: ranges and formats that strict mode knows are kept', () => {
  const { parameters, strict } = sent(z.object({ rows: z.int().min(1).max(9), day: z.iso.date() }));
  const properties = parameters.properties as Record<string, Record<string, unknown>>;
  assert.equal(strict, true);
  assert.deepEqual(properties.rows, { type: 'integer', minimum: 1, maximum: 9 });
  assert.equal(properties.day?.format, 'date');
});

test('strict schema: a pattern that OpenAI cannot compile is left to the check', () => {
  const { parameters, strict } = sent(z.object({ id: z.string().regex(/^(?!0)\d+$/) }));
  assert.deepEqual([parameters, strict], [closed({ id: { type: 'string' } }), true]);
});

const inexpressible: [title: string, field: z.ZodType, part: object][] = [
  ['any value', z.any(), {}],
  ['a map', z.record(z.string(), z.int()), { additionalProperties: { type: 'integer' } }],
  ['an open object', z.looseObject({ a: z.string() }), { additionalProperties: {} }],
  ['a tuple', z.tuple([z.string()]), { prefixItems: [{ type: 'string' }] }],
  ['a text of a least length', z.string().min(3), { minLength: 3 }],
  ['a link', z.url(), { format: 'uri' }],
];
for (const [title, field, part] of inexpressible) {
  test(`strict schema: ${title} is sent non-strict and as it is`, () => {
    const { parameters, strict } = sent(z.object({ field, other: z.string().optional() }));
    const properties = parameters.properties as Record<string, object>;
    assert.equal(strict, false);
    assert.deepEqual(properties.field, { ...properties.field, ...part });
    assert.deepEqual(properties.other, { type: 'string' });
  });
}

test('strict schema: objects nested beyond ten levels are sent non-strict', () => {
  const nest = (levels: number): z.ZodObject => (levels === 1 ? z.object({}) : z.object({ in: nest(levels - 1) }));
  assert.equal(sent(nest(10)).strict, true);
  assert.equal(sent(nest(11)).strict, false);
});

test('strict schema: a preamble stays the first property, and required', () => {
  const fields: [z.ZodType, strict: boolean, required: string[]][] = [
    [z.string(), true, ['preamble', 'order_id', 'note']],
    [z.string().min(3), false, ['preamble', 'order_id']],
  ];
  for (const [field, strict, required] of fields) {
    const wire = sent(z.object({ order_id: field, note: z.string().optional() }), true);
    assert.deepEqual([wire.strict, wire.parameters.required], [strict, required]);
    assert.equal(Object.keys(wire.parameters.properties as object)[0], 'preamble');
  }
});

test('strict schema: a schema that contains itself is strict beside a preamble', () => {
  const Node = z.object({
    name: z.string(),
    get children() {
      return z.array(Node);
    },
  });
  assert.equal(sent(Node, true).strict, true);
});

test('strict schema: the same schema is converted once, however many requests it is in', () => {
  const { parameters } = readInputSchema(z.object({ id: z.string() }));
  assert.equal(toWireParameters(parameters), toWireParameters(parameters));
});

test('strict schema: a pattern that OpenAI cannot compile is not sent in non-strict form either', () => {
  const { parameters, strict } = sent(z.object({ id: z.string().regex(/^(?!0)/), note: z.string().min(3) }));
  assert.equal(strict, false);
  assert.deepEqual((parameters.properties as Record<string, object>).id, { type: 'string' });
});
