import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { readInputSchema } from '../../../agent/schema/input-schema.ts';
import { allSchemas, propertiesOf, requiredOf } from '../../../providers/json-schema.ts';
import { toolWith } from '../defined.ts';

const modes: [option: unknown, preamble: object][] = [
  [undefined, { mode: 'auto', say: [] }],
  ['auto', { mode: 'auto', say: [] }],
  ['off', { mode: 'off', say: [] }],
  ['force', { mode: 'force', say: ['One moment, please.'] }],
  [{ force: 'Let me see.' }, { mode: 'force', say: ['Let me see.'] }],
  [{ force: ['Let me see.', 'I am on it.'] }, { mode: 'force', say: ['Let me see.', 'I am on it.'] }],
];
for (const [option, preamble] of modes) {
  test(`preamble: ${JSON.stringify(option) ?? 'nothing'} is read as ${JSON.stringify(preamble)}`, () => {
    assert.deepEqual(toolWith({ preamble: option }).preamble, preamble);
  });
}

test('preamble: it is the first property, a string, and required', () => {
  for (const preamble of ['auto', 'force', { force: 'Let me see.' }]) {
    const { parameters } = toolWith({
      preamble,
      input: z.object({ order_id: z.string(), note: z.string().optional() }),
    });
    const properties = propertiesOf(parameters);
    assert.deepEqual(Object.keys(properties), ['preamble', 'order_id', 'note']);
    assert.equal(properties.preamble?.type, 'string');
    assert.match(String(properties.preamble?.description), /^One short sentence for the caller, .*; empty if /);
    assert.deepEqual(requiredOf(parameters), ['preamble', 'order_id']);
  }
});

test('preamble: it is not there if it is off', () => {
  const { parameters } = toolWith({ preamble: 'off', input: z.object({ order_id: z.string() }) });
  assert.deepEqual(Object.keys(propertiesOf(parameters)), ['order_id']);
  assert.deepEqual(requiredOf(parameters), ['order_id']);
});

test('preamble: a tool without arguments has it as its only property', () => {
  assert.deepEqual(Object.keys(propertiesOf(toolWith({ input: z.object({}) }).parameters)), ['preamble']);
});

test('preamble: objects within a schema that contains itself are not asked for one', () => {
  const Node = z.object({
    name: z.string(),
    get children() {
      return z.array(Node);
    },
  });
  const { parameters } = readInputSchema(Node, true);
  const inner = propertiesOf(parameters).children?.items;
  assert.deepEqual(inner, { $ref: '#/$defs/__root' });
  assert.equal(allSchemas(parameters).filter((part) => 'preamble' in propertiesOf(part)).length, 1);
  assert.ok(allSchemas(parameters).every((part) => part.$ref !== '#'));
});

test('preamble: arguments are checked without it', () => {
  const tool = toolWith({ input: z.strictObject({ order_id: z.string() }) });
  assert.deepEqual(tool.checkAsked({ order_id: '4010' }), { ok: true, value: { order_id: '4010' } });
});
