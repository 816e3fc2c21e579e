import assert from 'node:assert/strict';
import { test } from 'node:test';
import { from } from 'legato';
import { z } from 'zod';
import type { Json } from '../../../contract/items.ts';
import { propertiesOf, requiredOf } from '../../../providers/json-schema.ts';
import { latest, toolWith } from '../defined.ts';

const source = from('latest_order', 'order_id');
const filledTool = (input: z.ZodObject, options: object = {}) =>
  toolWith({ input, requires: { order_id: source }, ...options }, latest);

function errorOf(checked: { ok: boolean; error?: { message: string } }): string {
  assert.ok(!checked.ok);
  return checked.error?.message ?? '';
}

test('from: it is a source of tool and field', () => {
  assert.deepEqual(source, { tool: 'latest_order', field: 'order_id' });
});

test('requires: it is nothing by default, and otherwise kept by argument', () => {
  assert.deepEqual(toolWith({}).requires, {});
  assert.deepEqual(filledTool(z.object({ order_id: z.string() })).requires, { order_id: source });
});

test('after: it is nothing by default, and otherwise the names in their order', () => {
  assert.deepEqual(toolWith({}).after, []);
  assert.deepEqual(toolWith({ after: ['latest_order'] }, latest).after, ['latest_order']);
});

test('requires: the arguments are hidden from the model', () => {
  const { parameters } = filledTool(z.object({ order_id: z.string(), why: z.string() }));
  assert.deepEqual(Object.keys(propertiesOf(parameters)), ['preamble', 'why']);
  assert.deepEqual(requiredOf(parameters), ['preamble', 'why']);
});

test('requires: what the model cannot write may be filled', () => {
  const tool = filledTool(z.object({ order_id: z.coerce.date(), why: z.string() }));
  assert.deepEqual(tool.checkArguments({ order_id: '2026-03-03', why: 'late' }), {
    ok: true,
    value: { order_id: new Date('2026-03-03'), why: 'late' },
  });
});

test('asked arguments: what is filled is not missed, and all else is checked', () => {
  const tool = filledTool(z.object({ order_id: z.string(), why: z.string().trim(), day: z.string().optional() }));
  assert.deepEqual(tool.checkAsked({ why: ' late ', day: null }), { ok: true, value: { why: 'late' } });
  assert.match(errorOf(tool.checkAsked({})), /do not fit: 'why': missing, expected string; call it again/);
});

test('asked arguments: what the model wrote of what is filled is dropped', () => {
  const tool = filledTool(z.strictObject({ order_id: z.string(), why: z.string() }));
  assert.deepEqual(tool.checkAsked({ order_id: 5, why: 'late' }), { ok: true, value: { why: 'late' } });
});

test('asked arguments: a closed object stays closed, and an open one open', () => {
  const written: Json = { more: 1 };
  assert.match(errorOf(filledTool(z.strictObject({ order_id: z.string() })).checkAsked(written)), /does not name/);
  assert.deepEqual(filledTool(z.looseObject({ order_id: z.string() })).checkAsked(written), {
    ok: true,
    value: written,
  });
});

test('asked arguments: what is no object is refused', () => {
  for (const value of [null, 'late', ['late']]) {
    assert.match(errorOf(filledTool(z.object({ order_id: z.string() })).checkAsked(value)), /expected object/);
  }
});

test('asked arguments: a rule over all arguments waits until all are there', () => {
  const input = z.object({ order_id: z.string(), other_id: z.string() });
  const tool = filledTool(input.refine(({ order_id, other_id }) => order_id !== other_id, 'give two orders'));
  assert.equal(tool.checkAsked({ other_id: '4010' }).ok, true);
  assert.match(errorOf(tool.checkArguments({ order_id: '4010', other_id: '4010' })), /give two orders/);
});

test('all arguments: what was to be filled is checked by name', () => {
  const tool = filledTool(z.object({ order_id: z.string() }));
  assert.match(errorOf(tool.checkArguments({})), /'order_id': missing, expected string/);
  assert.match(errorOf(tool.checkArguments({ order_id: 5 })), /'order_id': expected string, received number/);
});

test('all arguments: null is absent, whether the model or another tool gave it', () => {
  const tool = filledTool(z.object({ order_id: z.string().optional(), day: z.string().optional() }));
  assert.deepEqual(tool.checkArguments({ order_id: null, day: null }), { ok: true, value: {} });
});

test('asked arguments: without requires they are all arguments', () => {
  const tool = toolWith({});
  assert.deepEqual(tool.checkAsked({ order_id: '4010' }), tool.checkArguments({ order_id: '4010' }));
  assert.equal(tool.checkAsked({}).ok, false);
});
