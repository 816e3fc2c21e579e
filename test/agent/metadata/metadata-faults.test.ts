import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, defineTool, secret, type ToolContext } from 'legato';
import { z } from 'zod';
import { faultsOf, least, lookup } from '../defined.ts';

// What the compiler must refuse stands beside what is refused when the agent is loaded, for those without types.

const faults: readonly [title: string, field: z.ZodType, fault: RegExp][] = [
  ['a number', z.number(), /^field 'it' of 'metadata' reads no text, .*: it is a number; use 'z\.coerce\.number\(\)'$/],
  ['an optional number', z.number().optional(), /it is a number/],
  ['a boolean', z.boolean(), /use 'z\.stringbool\(\)'$/],
  ['a date', z.date(), /use 'z\.coerce\.date\(\)'$/],
  ['a list', z.array(z.string()), /it is of type array; use 'z\.string\(\)', with '\.transform/],
  [
    'a coerced boolean',
    z.coerce.boolean(),
    /'it' of 'metadata' is true for the text 'false'; use 'z\.stringbool\(\)'$/,
  ],
  ['a coerced text', z.coerce.string(), /is the text 'undefined' where it is missing; use 'z\.string\(\)'$/],
  ['an async check', z.string().refine(async () => Promise.resolve(true)), /asynchronous check or transform/],
];
for (const [title, it, fault] of faults) {
  test(`metadata: ${title} as a field is one fault, of an agent and of a tool`, () => {
    const [first, ...more] = faultsOf({ ...least, metadata: z.object({ it }) });
    assert.match(first ?? '', fault);
    assert.deepEqual(more, []);
    const ofTool = faultsOf({ ...least, tools: [{ ...lookup, metadata: z.object({ it }) }] });
    assert.ok(ofTool.includes(`tool 'find_order': ${first ?? ''}`), ofTool.join('\n'));
  });
}

const fitting: readonly [title: string, field: z.ZodType][] = [
  ['a text', z.string().min(3)],
  ['a coerced number', z.coerce.number().int()],
  ['a yes or no', z.stringbool()],
  ['one of several', z.enum(['a', 'b']).default('a')],
  ['transformed text', z.string().transform((text) => text.split(','))],
  ['a coerced date that may be missing', z.coerce.date().optional()],
  ['preprocessed text', z.preprocess((text) => Number(text), z.number())],
];
for (const [title, it] of fitting) {
  test(`metadata: ${title} is no fault`, () => {
    assert.deepEqual(faultsOf({ ...least, metadata: z.object({ it }) }), []);
  });
}

test('metadata: a schema that is none is a fault', () => {
  assert.match(faultsOf({ ...least, metadata: z.string() })[0] ?? '', /^'metadata' must be an object schema of zod 4/);
});

const toolWith = (metadata: z.ZodObject) => ({ ...lookup, name: 'act', metadata });
const tenant = z.object({ tenant: z.string(), token: secret(z.string()) });
const links: readonly [title: string, agent: z.ZodObject | undefined, tool: z.ZodObject, fault?: RegExp][] = [
  ['the same schema', tenant, tenant],
  ['a part of it', tenant, tenant.pick({ token: true })],
  ['another schema of the same type', tenant, z.object({ tenant: z.string() })],
  ['a field that may be missing', tenant, z.object({ region: z.string().optional() })],
  ['an unknown field', tenant, z.object({ tenat: z.string() }), /needs metadata 'tenat', .*; did you mean 'tenant'\?$/],
  ['a field of an agent without metadata', undefined, z.object({ tenant: z.string() }), /the agent has no 'metadata'/],
  ['a field of another type', tenant, z.object({ tenant: z.coerce.number() }), /the agent's is a string, not a number/],
  ['a secret that is none there', tenant, z.object({ tenant: secret(z.string()) }), /secret in the tool's schema and/],
  ['a field that is secret there', tenant, z.object({ token: z.string() }), /secret in the agent's schema and/],
  [
    'a field that may be missing there',
    z.object({ tenant: z.string().optional() }),
    z.object({ tenant: z.string() }),
    /which the agent's schema lets be missing/,
  ],
];
for (const [title, metadata, tool, fault] of links) {
  test(`metadata: a tool that needs ${title} ${fault ? 'does not fit the agent' : 'fits the agent'}`, () => {
    const [first = '', ...more] = faultsOf({ ...least, ...(metadata && { metadata }), tools: [toolWith(tool)] });
    assert.match(first, fault ?? /^$/);
    assert.deepEqual(more, []);
    if (fault) assert.match(first, /^tool 'act': /);
  });
}

const read = { name: 'act', description: 'Acts', input: z.object({}), effect: 'read' } as const;

test('metadata: what a tool needs and an agent has is compared by the compiler', () => {
  const needsTenant = defineTool({ ...read, metadata: tenant, run: (_, { metadata }) => metadata.tenant });
  const needsNone = defineTool({ ...read, name: 'other', run: (_, { metadata }) => Object.keys(metadata) });
  defineAgent({ ...least, metadata: tenant, tools: [needsTenant, needsNone], instructions: 'Help.' });
  const wrong = [
    // @ts-expect-error -- the agent has no metadata
    () => defineAgent({ name: 'a', instructions: 'Help.', model: 'm', voice: 'v', tools: [needsTenant] }),
    () =>
      // @ts-expect-error -- the tool needs a text
      defineAgent({
        ...{ name: 'a', instructions: 'Help.', model: 'm', voice: 'v', tools: [needsTenant] },
        metadata: z.object({ tenant: z.coerce.number(), token: secret(z.string()) }),
      }),
    // @ts-expect-error -- metadata is text
    () => defineAgent({ ...least, metadata: z.object({ seats: z.number() }) }),
  ];
  for (const define of wrong) assert.throws(define);
});

test('metadata: functions have the types of the schema, and what is said or written has no secrets', () => {
  const schema = z.object({ seats: z.coerce.number(), token: secret(z.string()) });
  const tool = defineTool({
    ...read,
    metadata: schema,
    fillers: [
      { afterMs: 10, say: (_, { metadata: { seats }, turnId }) => `${seats.toFixed()} seats, ${turnId}` },
      // @ts-expect-error -- what is said has no secrets
      { afterMs: 20, say: (_, { metadata }) => String(metadata.token) },
    ],
    rejectIf: (_, __, { metadata: { token }, context }) => token === (context ?? '') && 'No',
    run: (_, { metadata: { seats, token } }: ToolContext<{ seats: number; token: string }>) => seats + token.length,
  });
  const agent = defineAgent({
    ...{ name: 'a', model: 'm', voice: 'v', metadata: schema, tools: [tool] },
    // @ts-expect-error -- the model reads it
    instructions: ({ metadata, now }) => `${metadata.seats.toFixed()} ${now.getFullYear()} ${String(metadata.token)}`,
  });
  assert.deepEqual([...agent.metadata.secretFields], ['token']);
});
