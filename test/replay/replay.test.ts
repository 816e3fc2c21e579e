import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import type { HistoryEvent } from '../durability/followed-history.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { createWorld } from '../world.ts';
import { historiesFolder } from './histories.ts';
import { RECORDED_WORLD, WITH_TOOLS } from './recorded-turns.ts';

const replay = { workflowBundle: await workflowBundle() };

async function readHistory(name: string, edit = (text: string) => text): Promise<{ readonly events: HistoryEvent[] }> {
  const json: unknown = JSON.parse(edit(await readFile(new URL(name, historiesFolder), 'utf8')));
  return { events: historyFromJSON(json).events ?? [] };
}

const saved = (await readdir(historiesFolder, { recursive: true })).filter((name) => name.endsWith('.json'));

for (const name of saved) {
  test(`replay: the saved history '${name}' fits the workflow as it is now`, async () => {
    await Worker.runReplayHistory(replay, await readHistory(name));
  });
}

test('replay: a turn that was just run can be replayed from its history', async () => {
  await using world = await createWorld(RECORDED_WORLD);
  const turn = await world.start(WITH_TOOLS);
  await turn.result();
  await Worker.runReplayHistory(replay, await turn.handle.fetchHistory());
});

/** By file, what stands in it in place of something else. */
const altered = {
  'answered.json': { 'think-1': 'think-2' },
  'lost-in-a-write.json': { 'tool-1-0-book': 'tool-1-0-look' },
  'conversation-closed-after-a-day.json': {
    EXECUTION_COMPLETED: 'EXECUTION_FAILED',
    workflowExecutionCompleted: 'workflowExecutionFailed',
  },
};

for (const [name, edits] of Object.entries(altered)) {
  test(`replay: '${name}' is refused where it has something else than the workflow does`, async () => {
    const edit = (text: string): string =>
      Object.entries(edits).reduce((edited, [was, is]) => edited.replaceAll(was, is), text);
    const history = await readHistory(name, edit);
    await assert.rejects(Worker.runReplayHistory(replay, history), DeterminismViolationError);
  });
}

/** What the workflow heard of in one task, in its order, for each task. */
function activations(events: readonly HistoryEvent[]): readonly (readonly string[])[] {
  const tasks: string[][] = [[]];
  for (const event of events) {
    if (event.workflowTaskCompletedEventAttributes) tasks.push([]);
    if (event.activityTaskCompletedEventAttributes) tasks.at(-1)?.push('completion');
    if (event.timerFiredEventAttributes) tasks.at(-1)?.push('deadline');
  }
  return tasks;
}

for (const [name, order] of [
  ['completed-before-deadline.json', ['completion', 'deadline']],
  ['completed-behind-deadline.json', ['completion', 'deadline', 'completion']],
] as const) {
  test(`replay: '${name}' has in one task: ${order.join(', ')}`, async () => {
    const { events } = await readHistory(name);
    assert.deepEqual(
      activations(events).find((task) => task.includes('deadline')),
      order,
    );
  });
}
