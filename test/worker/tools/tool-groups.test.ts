import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, type ToolDefinition } from 'legato';
import { askedGroups, groupsOf } from '../../../worker/tools/tool-groups.ts';
import { latest, least, lookup, refund } from '../../agent/defined.ts';

const agentOf = (...tools: readonly ToolDefinition[]) => defineAgent({ ...least, tools: [...tools] });
const served = agentOf({ ...lookup, worker: 'warehouse' }, { ...refund, worker: 'bank' }, latest, {
  ...latest,
  ...{ name: 'count_stock', worker: 'warehouse' },
});

test('tool groups: each group has its tools, and tools that run at home are in none', () => {
  assert.deepEqual(
    [...groupsOf(served)],
    [
      ['warehouse', ['find_order', 'count_stock']],
      ['bank', ['refund_order']],
    ],
  );
});

test('tool groups: a worker serves the groups that it is asked for, each once, or all', () => {
  assert.deepEqual(askedGroups(served, ['bank', 'bank']), ['bank']);
  assert.deepEqual(askedGroups(served, []), ['warehouse', 'bank']);
});

test('tool groups: a group that no tool names is refused, with those that there are', () => {
  assert.throws(() => askedGroups(served, ['warehose']), {
    message: "No tool of agent 'orders' has the group 'warehose' as its 'worker'; its groups are 'warehouse', 'bank'",
  });
});

test('tool groups: an agent whose tools all run at home has nothing for a worker of tools', () => {
  assert.throws(
    () => askedGroups(agentOf(latest), []),
    /^Error: No tool of agent 'orders' runs at a tools-only worker/,
  );
});
