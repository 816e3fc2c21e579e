import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { TurnResult } from '../../contract/turn.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../front-end-world.ts';
import { createStubWorker } from '../workflows/stub-worker.ts';
import { toStart } from '../world.ts';
import { eventsOf, interrupt, LONG } from '../server/http/spoken-turns.ts';
import { textInput } from '../text-input.ts';

// Interrupts through the front end of a process that does not speak for the turn.

/** As a service does it: without number, history and home. Nobody does its first task before a worker runs. */
async function startSpoken({ client, agent }: FrontEndWorld): Promise<WorkflowHandle> {
  const id = `turn-${randomUUID()}`;
  const input = { conversationId: `of-${id}`, agent: agent.name, input: textInput('Hi'), modality: 'audio' as const };
  return client.workflow.start('turn', { ...toStart(id, agent, input), requestEagerStart: false });
}

test('interrupt elsewhere: where nobody serves the turn it is answered 202, and done once by the process that takes the turn', async () => {
  await using asked = await createFrontEndWorld();
  await asked.stopWorkers();
  const turn = await startSpoken(asked);
  const stop = { id: 'stop-1' };
  const { status, body } = await interrupt(asked, turn.workflowId, stop);
  assert.deepEqual([status, body], [202, { recorded: false, interrupted: false, heardText: '' }]);
  await using serving = await createFrontEndWorld({
    agent: { name: asked.agent.name },
    rules: [{ reply: { text: LONG } }],
  });
  const { outcome, items } = await serving.ended(turn.workflowId);
  const [, speech] = items;
  const heardText = speech?.type === 'speech' ? speech.heardText : '';
  assert.equal(outcome, 'interrupted');
  assert.ok(LONG.startsWith(heardText) && heardText.length < LONG.length);
  const events = await eventsOf(serving, turn.workflowId);
  assert.equal(events.filter(({ type }) => type === 'turn.interrupted').length, 1);
  const repeated = await interrupt(asked, turn.workflowId, stop);
  assert.deepEqual([repeated.status, repeated.body], [200, { recorded: true, interrupted: true, heardText }]);
});

test('interrupt elsewhere: one that home could not carry out is answered 503, and the turn goes on', async () => {
  await using world = await createFrontEndWorld();
  const thought = Promise.withResolvers<unknown>();
  await using stubs = await createStubWorker({
    think: () => thought.promise,
    voice: () => ({ heardText: 'Hello.', durationMs: 1 }),
    cutTurn: () => {
      throw new Error('A bug of home');
    },
  });
  const turn = await stubs.start();
  const answer = await interrupt(world, turn.workflowId);
  thought.resolve({ text: 'Hello.', calls: [] });
  assert.equal(((await turn.result()) as TurnResult).outcome, 'answered');
  const { detail } = problemOf(answer, 503, 'interrupt-failed');
  assert.ok(detail.includes(`'${turn.workflowId}'`));
  assert.equal(answer.headers.get('Retry-After'), '1');
});

test('interrupt elsewhere: a turn that is terminated before its workflow has answered is answered with what is true of it', async () => {
  await using world = await createFrontEndWorld();
  const cutting = Promise.withResolvers<void>();
  const over = Promise.withResolvers<undefined>();
  await using stubs = await createStubWorker({
    think: () => over.promise,
    cutTurn: () => {
      cutting.resolve();
      return over.promise;
    },
  });
  const turn = await stubs.start();
  const answered = interrupt(world, turn.workflowId);
  await cutting.promise;
  await turn.terminate('The caller has hung up');
  const { status, body } = await answered;
  over.resolve(undefined);
  assert.deepEqual([status, body], [200, { recorded: true, interrupted: false, heardText: '' }]);
});
