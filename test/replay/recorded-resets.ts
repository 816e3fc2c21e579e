import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { reset, tasksOf } from '../workflows/reset-turn.ts';
import { act, hold } from '../workflows/barge-in/act.ts';
import { createWorld } from '../world.ts';
import type { Recordings } from './recorded-turns.ts';

const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'That is done.' } },
  { reply: { text: 'One moment.', calls: [{ name: 'act', arguments: {} }] } },
];

/** Runs that a reset made, by what the turn was when it was reset. */
export const recordedResets: Recordings = {
  'reset-while-open': () => resetInTool('read'),
  'reset-in-a-write': () => resetInTool('write'),
};

async function resetInTool(effect: 'read' | 'write'): Promise<History> {
  const { run, begun, end } = hold();
  const { tool } = act({ effect }, run);
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  const { id: turnId } = await world.start('Hello');
  await begun;
  let tasks = await tasksOf(world, turnId);
  while (tasks.length < 2) tasks = await tasksOf(world, turnId);
  const runId = await reset(world, { turnId, task: tasks.at(-1) });
  end();
  const made = world.client.workflow.getHandle(turnId, runId);
  await made.result();
  return await made.fetchHistory();
}
