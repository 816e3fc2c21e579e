import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { ServiceError } from '@temporalio/client';
import { askTemporal } from '../../record/ask-temporal.ts';
import { TemporalUnreachable } from '../../record/temporal-fault.ts';
import { startRelay } from '../faults/relay.ts';
import { stall } from '../faults/stall.ts';
import { ticks } from '../workflows/barge-in/caller.ts';
import { createWorld } from '../world.ts';

test('ask Temporal: an answer that waits to be read when the time is over, as this process stood still, counts', async () => {
  await using world = await createWorld();
  const { client } = world;
  // From here the loop comes to its timers first.
  await turnOfLoop();
  const answer = askTemporal(client, () => client.workflowService.getSystemInfo({}), 1_500);
  await ticks(50);
  stall(2_000);
  assert.ok((await answer).serverVersion);
});

test('ask Temporal: one that does not answer in time is out of reach', async () => {
  await using relay = await startRelay(process.env['TEMPORAL_ADDRESS'] ?? '');
  await using world = await createWorld({ temporalAddress: relay.address });
  const { client } = world;
  relay.pause();
  const answer = askTemporal(client, () => client.workflowService.getSystemInfo({}), 100);
  await assert.rejects(answer, TemporalUnreachable);
  relay.resume();
});

for (const [status, code] of [
  ['DEADLINE_EXCEEDED', 4],
  ['CANCELLED', 1],
] as const) {
  test(`ask Temporal: one whose deadline ends the request first, as ${status}, is out of reach`, async () => {
    await using world = await createWorld();
    const passed = Object.assign(new ServiceError('Timeout expired'), { code, details: '', metadata: {} });
    await assert.rejects(
      askTemporal(world.client, () => Promise.reject(passed)),
      TemporalUnreachable,
    );
  });
}
