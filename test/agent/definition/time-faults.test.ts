import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, faultsOfTools, least, lookup } from '../defined.ts';

const faultsOfTool = (tool: object, ...others: readonly object[]) => faultsOfTools({ ...lookup, ...tool }, ...others);

test('times: a filler at the end of the budget is never said', () => {
  const fillers = [
    { afterMs: 500, say: 'Hm.' },
    { afterMs: 3_000, say: 'Well.' },
  ];
  assert.deepEqual(faultsOfTool({ fillers }), [
    "tool 'find_order': 'fillers': filler 2 is never said: its 'afterMs' is 3000, and after 3000 ms, 'budgetMs', nobody waits; lower it",
  ]);
  assert.deepEqual(faultsOfTool({ fillers, budgetMs: 3_001 }), []);
});

test('times: a filler may be said while the fallback runs, and no later', () => {
  const other = { ...lookup, name: 'cached_order', budgetMs: 2_000 };
  const withFiller = (afterMs: number) => ({
    onFailure: { fallback: 'cached_order' },
    fillers: [{ afterMs, say: 'Hm.' }],
  });
  assert.deepEqual(faultsOfTool(withFiller(4_999), other), []);
  assert.match(
    faultsOfTool(withFiller(5_000), other)[0] ?? '',
    /filler 1 is never said: its 'afterMs' is 5000, and after 5000 ms, 'budgetMs' and that of its fallback, nobody waits/,
  );
});

test('times: a filler of the agent at its deadline is never said', () => {
  assert.deepEqual(faultsOf({ ...least, fillers: [{ afterMs: 30_000, say: 'Hm.' }] }), [
    "'fillers': filler 1 is never said: its 'afterMs' is 30000, and after 30000 ms, 'deadlineMs', nobody waits; lower it",
  ]);
});

test('times: a budget beyond the deadline is a fault, also one by default', () => {
  assert.deepEqual(faultsOfTool({ budgetMs: 40_000 }), [
    "tool 'find_order': 'budgetMs' is 40000, but the turn ends after 30000 ms, the agent's 'deadlineMs'; lower 'budgetMs' or raise 'deadlineMs'",
  ]);
  assert.match(
    faultsOf({ ...least, deadlineMs: 2_000, tools: [lookup] })[0] ?? '',
    /'budgetMs' is 3000, its default, but the turn ends after 2000 ms/,
  );
  assert.deepEqual(faultsOf({ ...least, deadlineMs: 3_000, tools: [lookup] }), []);
});

test('times: attempts whose waits use up the budget are a fault', () => {
  assert.deepEqual(faultsOfTool({ retry: { attempts: 5, firstDelayMs: 200 } }), [
    "tool 'find_order': 'retry': the last attempt never begins: 5 attempts wait 3000 ms in between, and 'budgetMs' is 3000; lower 'attempts' or 'firstDelayMs', or raise 'budgetMs'",
  ]);
  assert.match(faultsOfTool({ retry: { firstDelayMs: 5_000 } })[0] ?? '', /2 attempts wait 5000 ms in between/);
  assert.deepEqual(faultsOfTool({ retry: { attempts: 1, firstDelayMs: 5_000 } }), []);
});
