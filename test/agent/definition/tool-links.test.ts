import assert from 'node:assert/strict';
import { test } from 'node:test';
import { from } from 'legato';
import { z } from 'zod';
import { faultsOf, faultsOfTools, latest, least, lookup, refund } from '../defined.ts';

const requiring = (tool: string, field = 'order_id') => ({ ...lookup, requires: { order_id: from(tool, field) } });
const named = (name: string, options: object = {}) => ({ ...latest, name, ...options });

test('requires: a source that is there is no fault, and neither is a chain of them', () => {
  const middle = { ...lookup, name: 'middle', requires: { order_id: from('latest_order', 'order_id') } };
  assert.deepEqual(faultsOfTools(requiring('middle'), middle, latest), []);
});

test('requires: an unknown tool is named with what was probably meant, or with all that there are', () => {
  assert.deepEqual(faultsOfTools(requiring('last_order'), latest), [
    "tool 'find_order': it requires 'last_order', but there is no such tool; did you mean 'latest_order'?",
  ]);
  assert.deepEqual(faultsOfTools(requiring('weather'), latest), [
    "tool 'find_order': it requires 'weather', but there is no such tool; the tools are 'find_order', 'latest_order'",
  ]);
});

test('requires: a tool cannot require itself', () => {
  assert.deepEqual(faultsOfTools(requiring('find_order')), [
    "tool 'find_order': it requires itself; name another tool",
  ]);
});

test('requires: a write cannot be required, as it would run without being asked for', () => {
  const write = { ...latest, name: 'open_order', effect: 'write' };
  assert.deepEqual(faultsOfTools(requiring('open_order'), write), [
    "tool 'find_order': it requires 'open_order', a write, which only the model may call; require a read, or name it in 'after'",
  ]);
});

test('requires: a tool that the model has to give arguments cannot be required', () => {
  const input = z.object({ day: z.string(), shop: z.string(), page: z.int().optional(), rows: z.int().default(5) });
  assert.deepEqual(faultsOfTools(requiring('latest_order'), { ...latest, input }), [
    "tool 'find_order': it requires 'latest_order', which cannot be called without 'day', 'shop'; make them optional there, or fill them by its own 'requires'",
  ]);
});

test('requires: a field that the output does not have is named with what was probably meant', () => {
  assert.deepEqual(faultsOfTools(requiring('latest_order', 'orderid'), latest), [
    "tool 'find_order': it requires 'orderid' of 'latest_order', whose 'output' has no 'orderid'; did you mean 'order_id'?",
  ]);
  assert.deepEqual(faultsOfTools(requiring('latest_order', 'weather'), latest), [
    "tool 'find_order': it requires 'weather' of 'latest_order', whose 'output' has no 'weather'; the fields are 'order_id'",
  ]);
});

test('requires: dots lead into objects of the output, and each step of them is looked at', () => {
  const output = z.object({ order: z.object({ id: z.string() }), raw: z.unknown() });
  const faults = (field: string) => faultsOfTools(requiring('latest_order', field), { ...latest, output });
  assert.deepEqual([...faults('order.id'), ...faults('raw.anything')], []);
  assert.match(faults('order')[0] ?? '', /'order' of 'latest_order' is an object, not a string/);
  assert.deepEqual(faults('order.ids'), [
    "tool 'find_order': it requires 'order.ids' of 'latest_order', whose 'output' has no 'ids'; did you mean 'id'?",
  ]);
});

const open: [title: string, output: z.ZodType | undefined][] = [
  ['no output schema', undefined],
  ['an output that is an open object', z.looseObject({})],
  ['an output that is a union', z.union([z.object({ order_id: z.string() }), z.looseObject({})])],
];
for (const [title, output] of open) {
  test(`requires: with ${title} any field may be there`, () => {
    assert.deepEqual(faultsOfTools(requiring('latest_order', 'anything'), { ...latest, output }), []);
  });
}

const unfit: [given: z.ZodType, argument: z.ZodType, reason: string][] = [
  [z.number(), z.string(), 'is a number, not a string'],
  [z.int().nullable(), z.string().optional(), 'is a number, not a string'],
  [z.object({ id: z.string() }), z.string(), 'is an object, not a string'],
  [z.union([z.number(), z.boolean()]), z.string(), 'is a number, not a string'],
  [z.enum(['a', 'b']), z.enum(['c']), "is 'a' or 'b', not 'c'"],
  [z.literal(1), z.literal(2), "is '1', not '2'"],
  [z.null(), z.string(), 'is null, not a string'],
  [z.array(z.string()), z.array(z.int()), 'is a list in which an item is a string, not a number'],
  [z.object({ a: z.string() }), z.object({ b: z.string() }), "is an object without 'b'"],
  [z.object({ a: z.string() }), z.object({ a: z.int() }), "is an object in which 'a' is a string, not a number"],
];
for (const [given, argument, reason] of unfit) {
  test(`requires: a field that ${reason}, is a fault`, () => {
    const source = { ...latest, output: z.object({ value: given }) };
    const tool = { ...requiring('latest_order', 'value'), input: z.object({ order_id: argument }) };
    assert.deepEqual(faultsOfTools(tool, source), [
      `tool 'find_order': its argument 'order_id' cannot be filled: 'value' of 'latest_order' ${reason}; require another field, or change one of the schemas`,
    ]);
  });
}

const mayFit: [title: string, given: z.ZodType, argument: z.ZodType][] = [
  ['a number for a whole number', z.number(), z.int()],
  ['text for one of a list', z.string(), z.enum(['a'])],
  ['text in a format for text', z.iso.date(), z.string()],
  ['one of several types', z.union([z.string(), z.number()]), z.string()],
  ['what may be missing', z.string().nullish(), z.string()],
  ['what is not known', z.unknown(), z.string()],
  ['what is transformed', z.string().transform((text) => text.length), z.int()],
  ['text for what is coerced', z.string(), z.coerce.number()],
  ['an object with a field more', z.object({ a: z.string(), b: z.string() }), z.object({ a: z.string() })],
  ['an object that may have more', z.looseObject({}), z.object({ a: z.string() })],
  ['a record', z.record(z.string(), z.string()), z.object({ a: z.string() })],
];
for (const [title, given, argument] of mayFit) {
  test(`requires: ${title} may fit`, () => {
    const source = { ...latest, output: z.object({ value: given }) };
    const tool = { ...requiring('latest_order', 'value'), input: z.object({ order_id: argument }) };
    assert.deepEqual(faultsOfTools(tool, source), []);
  });
}

test('fallback: a tool that never accepts the same arguments is a fault', () => {
  const other = (input: z.ZodObject) => ({ ...lookup, name: 'cached', input });
  const tool = { ...lookup, onFailure: { fallback: 'cached' } };
  const start =
    "tool 'find_order': it falls back to 'cached', which gets the same arguments, but never accepts them: what it gets";
  const end = 'change one of the schemas, or name another read';
  assert.deepEqual(faultsOfTools(tool, other(z.object({ order: z.string() }))), [
    `${start} is an object without 'order'; ${end}`,
  ]);
  assert.deepEqual(faultsOfTools(tool, other(z.object({ order_id: z.int() }))), [
    `${start} is an object in which 'order_id' is a string, not a number; ${end}`,
  ]);
  assert.deepEqual(faultsOfTools(tool, other(z.object({ order: z.string().optional() }))), []);
});

test('requires: one fault of a source is told once, however many arguments it fills', () => {
  const input = z.object({ a: z.string(), b: z.string() });
  const requires = { a: from('gone', 'a'), b: from('gone', 'b') };
  assert.equal(faultsOfTools({ ...lookup, input, requires }).length, 1);
});

test('after: tools of the agent are no fault; an unknown one and the tool itself are', () => {
  assert.deepEqual(faultsOfTools({ ...lookup, after: ['latest_order', 'refund_order'] }, latest, refund), []);
  assert.deepEqual(faultsOfTools({ ...lookup, after: ['latest_ordr', 'find_order'] }, latest), [
    "tool 'find_order': it comes after 'latest_ordr', but there is no such tool; did you mean 'latest_order'?",
    "tool 'find_order': it comes after itself; remove it from 'after'",
  ]);
});

test('circles: tools that wait for each other are one fault, with the path', () => {
  const tools = [
    named('one', { after: ['two'] }),
    named('two', { input: lookup.input, requires: { order_id: from('three', 'order_id') } }),
    named('three', { after: ['one'] }),
    named('four', { after: ['one'] }),
  ];
  assert.deepEqual(faultsOfTools(...tools), [
    "tools wait for each other in a circle, 'one' → 'two' → 'three' → 'one'; remove one 'requires' or 'after' of it",
  ]);
});

test('circles: two that have nothing in common are two faults', () => {
  const after = (name: string, other: string) => named(name, { after: [other] });
  const faults = faultsOfTools(after('a', 'b'), after('b', 'a'), after('c', 'd'), after('d', 'c'));
  assert.deepEqual(
    faults.map((fault) => /'.*'(?=;)/.exec(fault)?.[0]),
    ["'a' → 'b' → 'a'", "'c' → 'd' → 'c'"],
  );
});

test('circles: two ways to one tool are none', () => {
  const after = (name: string, ...others: string[]) => named(name, { after: others });
  assert.deepEqual(faultsOfTools(after('a', 'b', 'c'), after('b', 'd'), after('c', 'd'), after('d')), []);
});

test('fallback: a read of the agent is no fault, and neither is a chain of them', () => {
  const tools = [
    named('a', { onFailure: { fallback: 'b' } }),
    named('b', { onFailure: { fallback: 'c' } }),
    named('c'),
  ];
  assert.deepEqual(faultsOfTools(...tools), []);
});

const fallbacks: [title: string, fallback: string, fault: string][] = [
  [
    'an unknown tool',
    'latest_ordr',
    "it falls back to 'latest_ordr', but there is no such tool; did you mean 'latest_order'?",
  ],
  ['the tool itself', 'find_order', 'it falls back to itself; name another tool'],
  ['a write', 'refund_order', "it falls back to 'refund_order', a write, which only the model may call; name a read"],
];
test('fallback: a tool that runs at a worker is a fault', () => {
  const remote = { ...latest, name: 'stock', input: z.object({}), worker: 'warehouse' };
  assert.deepEqual(faultsOfTools({ ...lookup, onFailure: { fallback: 'stock' } }, remote), [
    "tool 'find_order': it falls back to 'stock', which runs at a worker ('worker'); name a read that runs at home",
  ]);
});

for (const [title, fallback, fault] of fallbacks) {
  test(`fallback: ${title} is a fault`, () => {
    assert.deepEqual(faultsOfTools({ ...lookup, onFailure: { fallback } }, latest, refund), [
      `tool 'find_order': ${fault}`,
    ]);
  });
}

test('fallback: tools that fall back to each other are one fault, with the path', () => {
  const tools = [named('a', { onFailure: { fallback: 'b' } }), named('b', { onFailure: { fallback: 'a' } })];
  assert.deepEqual(faultsOfTools(...tools), [
    "tools fall back to each other in a circle, 'a' → 'b' → 'a'; remove one 'fallback' of it",
  ]);
});

test('links: they are looked at in tools that have faults of their own', () => {
  const faults = faultsOf({
    ...least,
    tools: [
      { ...requiring('gone'), description: '' },
      { ...latest, effect: 'x' },
    ],
  });
  assert.equal(faults.length, 3);
});

test('links: a tool with a fault of its own is there for the others', () => {
  assert.equal(faultsOfTools(requiring('latest_order'), { ...latest, timeoutMs: 0 }).length, 1);
});
