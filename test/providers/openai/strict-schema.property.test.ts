import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from '../../properties.ts';
import { z } from 'zod';
import { dropAbsentNulls } from '../../../agent/schema/absent-nulls.ts';
import { createArgumentCheck } from '../../../agent/schema/check-values.ts';
import { readInputSchema } from '../../../agent/schema/input-schema.ts';
import type { Json } from '../../../contract/items.ts';
import { acceptsNull, allSchemas, type JsonObject, propertiesOf, requiredOf } from '../../../providers/json-schema.ts';
import { toWireParameters } from '../../../providers/openai/strict-schema.ts';

// A schema together with a value that fits it.
interface Sample {
  readonly schema: z.ZodType;
  readonly value: Json;
}
interface Field extends Sample {
  readonly isOptional: boolean;
  readonly isGiven: boolean;
}

const scalar: fc.Arbitrary<Sample> = fc.oneof(
  fc.string().map((value) => ({ schema: z.string(), value })),
  fc.integer().map((value) => ({ schema: z.int(), value })),
  fc.boolean().map((value) => ({ schema: z.boolean(), value })),
  fc.constantFrom('a', 'b').map((value) => ({ schema: z.enum(['a', 'b']), value })),
  fc.constant({ schema: z.literal('x'), value: 'x' }),
);
const { sample } = fc.letrec<{ sample: Sample; object: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 3 },
    scalar,
    tie('object'),
    tie('sample').map(({ schema, value }) => ({ schema: z.array(schema), value: [value, value] })),
    tie('sample').map(({ schema }) => ({ schema: schema.nullable(), value: null })),
    tie('sample').map(({ schema, value }) => ({ schema: schema.nullable(), value })),
    fc
      .tuple(tie('object'), scalar)
      .map(([one, other]) => ({ schema: z.union([other.schema, one.schema]), value: one.value })),
  ),
  object: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), field(tie('sample')), { maxKeys: 4 }).map(toObject),
}));
const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), field(sample), { maxKeys: 5 }).map(toObject);

function field(of: fc.Arbitrary<Sample>): fc.Arbitrary<Field> {
  return fc
    .tuple(of, fc.boolean(), fc.boolean())
    .map(([sample, isOptional, isGiven]) => ({ ...sample, isOptional, isGiven }));
}

function toObject(fields: Record<string, Field>): Sample & { readonly schema: z.ZodObject } {
  const entries = Object.entries(fields);
  const shape = entries.map(
    ([name, { schema, isOptional }]) => [name, isOptional ? schema.optional() : schema] as const,
  );
  const given = entries.filter(([, { isOptional, isGiven }]) => isGiven || !isOptional);
  return {
    schema: z.object(Object.fromEntries(shape)),
    value: Object.fromEntries(given.map(([name, { value }]) => [name, value])),
  };
}

/** What a model in strict mode would write for it: null for every property that is left out. */
function asStrictModel(plain: JsonObject, schema: JsonObject, value: Json): Json {
  const branches = schema.anyOf as JsonObject[] | undefined;
  if (branches !== undefined) {
    const branch = branches.find((candidate) => isValid(candidate, value));
    return branch === undefined ? value : asStrictModel(plain, branch, value);
  }
  if (Array.isArray(value)) return value.map((item) => asStrictModel(plain, schema.items as JsonObject, item));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(propertiesOf(schema)).flatMap(([name, property]): [string, Json][] => {
    if (value[name] !== undefined) return [[name, asStrictModel(plain, property, value[name])]];
    return acceptsNull(plain, property) ? [] : [[name, null]];
  });
  return Object.fromEntries(parts);
}

const ajv = new Ajv2020({ strict: false });

function isValid(schema: JsonObject, value: Json): boolean {
  return ajv.validate(schema, value);
}

test('strict schema: arguments as a strict model writes them arrive as the author’s schema takes them', () => {
  fc.assert(
    fc.property(object, ({ schema, value }) => {
      const { input: plain } = readInputSchema(schema);
      const written = asStrictModel(plain, plain, value);
      assert.deepEqual(createArgumentCheck('t', schema, plain)(written), { ok: true, value: schema.parse(value) });
    }),
  );
});

test('strict schema: it accepts what a strict model writes, and closes every object', () => {
  fc.assert(
    fc.property(object, ({ schema, value }) => {
      const { input: plain } = readInputSchema(schema);
      const { parameters, strict } = toWireParameters(plain);
      assert.equal(strict, true);
      for (const part of allSchemas(parameters).filter((candidate) => candidate.type === 'object')) {
        assert.equal(part.additionalProperties, false);
        assert.deepEqual(requiredOf(part), Object.keys(propertiesOf(part)));
      }
      const written = asStrictModel(plain, plain, value);
      const full = withNullables(plain, written);
      assert.ok(isValid(parameters, full), JSON.stringify({ parameters, full }));
    }),
  );
});

test('absent nulls: arguments that fit already are left as they are', () => {
  fc.assert(
    fc.property(object, ({ schema, value }) => {
      assert.deepEqual(dropAbsentNulls(readInputSchema(schema).input, value), value);
    }),
  );
});

/** Adds null for properties that are optional and nullable too, which strict mode demands as well. */
function withNullables(schema: JsonObject, value: Json): Json {
  const branches = schema.anyOf as JsonObject[] | undefined;
  if (branches !== undefined) {
    const strictBranch = branches.find((branch) => isValid(branch, dropAbsentNulls(branch, value)));
    return strictBranch === undefined ? value : withNullables(strictBranch, value);
  }
  if (Array.isArray(value)) return value.map((item) => withNullables(schema.items as JsonObject, item));
  if (typeof value !== 'object' || value === null) return value;
  const properties = Object.entries(propertiesOf(schema));
  const parts = properties.map(([name, property]): [string, Json] => [
    name,
    withNullables(property, value[name] ?? null),
  ]);
  return Object.fromEntries(parts);
}
