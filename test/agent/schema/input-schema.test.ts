import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { readInputSchema } from '../../../agent/schema/input-schema.ts';

test('input schema: it is plain JSON Schema, whatever a provider makes of it', () => {
  const { faults, parameters } = readInputSchema(
    z.object({ id: z.string(), size: z.int().optional(), note: z.string().nullish(), count: z.number().default(1) }),
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(parameters, {
    type: 'object',
    properties: {
      id: { type: 'string' },
      size: { type: 'integer' },
      note: { type: ['string', 'null'] },
      count: { type: 'number', default: 1 },
    },
    required: ['id'],
  });
});

test('input schema: a pattern is in it, also one that some providers cannot compile', () => {
  const { parameters } = readInputSchema(z.object({ id: z.string().regex(/^(?!0)\d+$/) }));
  assert.deepEqual(parameters.properties, { id: { type: 'string', pattern: '^(?!0)\\d+$' } });
});

test('input schema: a schema with an id is an object at the root, also if it contains itself', () => {
  const Node = z
    .object({
      get next() {
        return Node.optional();
      },
    })
    .meta({ id: 'Node' });
  assert.equal(readInputSchema(Node).parameters.type, 'object');
});

test('input schema: without a preamble the model is told the arguments themselves', () => {
  const { input, parameters } = readInputSchema(z.object({ id: z.string() }));
  assert.equal(parameters, input);
});
