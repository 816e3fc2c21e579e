import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool, from } from 'legato';
import { z } from 'zod';
import { called } from '../metadata.ts';
import { faultsOf, latest, least, lookup, toolWith } from './defined.ts';

// Most of what is said here is checked by the compiler.

test('define tool: functions are typed by the input, and those of one call without what is filled', () => {
  const tool = defineTool({
    ...{ name: 'find_order', description: 'Finds an order', effect: 'read' },
    input: z.object({ order_id: z.string(), rows: z.int().default(5) }),
    requires: { order_id: from('latest_order', 'order_id') },
    fillers: [
      { afterMs: 800, say: 'Still looking.' },
      { afterMs: 900, say: ({ rows }) => `Reading ${rows.toFixed()} rows.` },
      // @ts-expect-error -- it is filled only when the tool runs
      { afterMs: 1000, say: ({ order_id }) => `Looking for ${String(order_id)}.` },
    ],
    rejectIf: ({ rows }, transcript) => (rows > 9 ? `too many for ${transcript.length} items` : undefined),
    run: ({ order_id, rows }) => order_id.repeat(rows),
  });
  const { policyFor, rejectIf } = toolWith(tool, latest);
  assert.deepEqual(policyFor({ rows: 5 }, called).fillers[1]?.say, ['Reading 5 rows.']);
  assert.equal(rejectIf?.({ rows: 10 }, [], called), 'too many for 0 items');
});

test('define tool: it checks nothing and changes nothing', () => {
  const options = { ...lookup, effect: 'read', input: z.object({ id: z.string() }), run: () => null } as const;
  const requires = { order_id: from('a', 'b') };
  // @ts-expect-error -- 'order_id' is not among the arguments
  const tool = defineTool({ ...options, requires });
  assert.deepEqual(tool, { ...options, requires });
});

// What the compiler must refuse, each in one tool: `npm run check` fails where it takes one of these.
const read = {
  name: 'find_order',
  description: 'Finds an order',
  input: z.object({ id: z.string() }),
  effect: 'read',
} as const;
const write = { ...read, effect: 'write' } as const;
const run = (): null => null;

test('define tool: options that do not go with a write are errors of the compiler', () => {
  const tools = [
    defineTool({ ...write, onBargeIn: 'block', run }),
    defineTool({ ...write, idempotent: true, retry: { attempts: 2 }, run }),
    defineTool({ ...read, onBargeIn: 'cancel', cacheMs: 5, retry: { attempts: 2 }, run }),
    // @ts-expect-error -- a write that has begun is never cancelled
    defineTool({ ...write, onBargeIn: 'cancel', run }),
    // @ts-expect-error -- a write has to be done each time
    defineTool({ ...write, cacheMs: 5, run }),
    // @ts-expect-error -- a second attempt could do it twice
    defineTool({ ...write, retry: { attempts: 2 }, run }),
    // @ts-expect-error -- the same
    defineTool({ ...write, idempotent: false, retry: { attempts: 2 }, run }),
    // @ts-expect-error -- it is not cached either
    defineTool({ ...write, idempotent: true, cacheMs: 5, run }),
    // @ts-expect-error -- a read may always run again
    defineTool({ ...read, idempotent: true, run }),
    defineTool({ ...write, reconcile: () => ({ outcome: 'not_done' }), run }),
    // @ts-expect-error -- nobody has to ask about a read
    defineTool({ ...read, reconcile: () => ({ outcome: 'not_done' }), run }),
    // @ts-expect-error -- it may run again without a question
    defineTool({ ...write, idempotent: true, reconcile: () => ({ outcome: 'not_done' }), run }),
    // @ts-expect-error -- there is no such answer
    defineTool({ ...write, reconcile: () => ({ outcome: 'perhaps' }), run }),
    // @ts-expect-error -- `run` returns something else
    defineTool({ ...write, reconcile: () => ({ outcome: 'done', result: Symbol('none') }), run }),
  ];
  assert.equal(tools.length, 14);
});

interface Order {
  readonly id: string;
  readonly note?: string | undefined;
  readonly parts: readonly Order[];
}

test('define tool: results that JSON cannot hold are errors of the compiler', () => {
  const tools = [
    defineTool({ ...read, run: ({ id }): Order => ({ id, parts: [] }) }),
    defineTool({ ...read, run: async (): Promise<unknown> => ({}) }),
    defineTool({ ...read, run: (): Record<string, unknown> => ({}) }),
    defineTool({
      ...read,
      run: () => {
        throw new Error('It is broken');
      },
    }),
    // @ts-expect-error -- JSON has no dates
    defineTool({ ...read, run: () => new Date() }),
    // @ts-expect-error -- nor deeper in it
    defineTool({ ...read, run: async ({ id }) => ({ id, lines: [{ at: new Date() }] }) }),
    // @ts-expect-error -- nor big integers
    defineTool({ ...read, run: () => ({ count: 5n }) }),
    // @ts-expect-error -- nor maps
    defineTool({ ...read, run: () => new Map([['a', 1]]) }),
    // @ts-expect-error -- nor sets
    defineTool({ ...read, run: () => [new Set(['a'])] }),
    // @ts-expect-error -- nor functions
    defineTool({ ...read, run: () => ({ again: () => 5 }) }),
    // @ts-expect-error -- nor symbols
    defineTool({ ...read, run: () => Symbol('a') }),
    // @ts-expect-error -- nor undefined: return null
    defineTool({ ...read, run: ({ id }) => (id === '' ? undefined : id) }),
    // @ts-expect-error -- the same
    defineTool({ ...read, run: async () => {} }),
    // @ts-expect-error -- a promise inside is not awaited
    defineTool({ ...read, run: () => ({ later: Promise.resolve(5) }) }),
  ];
  assert.equal(tools.length, 14);
});

test('define tool: schemas that JSON cannot hold are errors of the compiler, and results that do not fit', () => {
  const toText = z.date().transform((date) => date.toISOString());
  const tools = [
    defineTool({ ...read, output: z.object({ at: toText }), run: () => ({ at: new Date() }) }),
    // @ts-expect-error -- the record has no dates
    defineTool({ ...read, output: z.object({ at: z.date() }), run: () => ({ at: new Date() }) }),
    // @ts-expect-error -- nor maps
    defineTool({ ...read, output: z.map(z.string(), z.string()), run: () => new Map<string, string>() }),
    // @ts-expect-error -- a model writes no dates
    defineTool({ ...read, input: z.object({ at: z.date() }), run }),
    // @ts-expect-error -- nor big integers
    defineTool({ ...read, input: z.object({ count: z.array(z.bigint()) }), run }),
    // @ts-expect-error -- the output is text
    defineTool({ ...read, output: z.object({ id: z.string() }), run: () => ({ id: 5 }) }),
    // @ts-expect-error -- there is no such status
    defineTool({ ...read, output: z.enum(['open', 'sent']), run: () => 'lost' }),
  ];
  assert.equal(tools.length, 7);
});

for (const nothing of [undefined, null, 'find_order', 7]) {
  test(`define tool: ${String(nothing)} in place of the options is a fault of the agent`, () => {
    const [fault = '', ...others] = faultsOf({ ...least, tools: [defineTool(nothing as never)] });
    assert.match(fault, /^tool 1: /);
    assert.deepEqual(others, []);
  });
}
