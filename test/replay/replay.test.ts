import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../worker/create-workers.ts';
import { createWorld } from '../world.ts';
import { RECORDED_TURNS, RECORDED_WORLD } from './recorded-turns.ts';

const folder = new URL('histories/', import.meta.url);
const workflowBundle = await bundleWorkflows();

for (const name of await readdir(folder)) {
  test(`replay: the saved history '${name}' fits the workflow as it is now`, async () => {
    const history: unknown = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle }, history);
  });
}

test('replay: a turn that was just run can be replayed from its history', async () => {
  await using world = await createWorld(RECORDED_WORLD);
  const turn = await world.start(RECORDED_TURNS['answered-with-tools']);
  await turn.result();
  await Worker.runReplayHistory({ workflowBundle }, await turn.handle.fetchHistory());
});
