import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool, from } from 'legato';
import { z } from 'zod';
import { latest, lookup, toolWith } from './defined.ts';

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
  assert.deepEqual(policyFor({ rows: 5 }).fillers[1]?.say, ['Reading 5 rows.']);
  assert.equal(rejectIf?.({ rows: 10 }, []), 'too many for 0 items');
});

test('define tool: it checks nothing and changes nothing', () => {
  const options = { ...lookup, effect: 'read', input: z.object({ id: z.string() }), run: () => null } as const;
  const requires = { order_id: from('a', 'b') };
  // @ts-expect-error -- 'order_id' is not among the arguments
  const tool = defineTool({ ...options, requires });
  assert.deepEqual(tool, { ...options, requires });
});
