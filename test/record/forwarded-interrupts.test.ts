import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TurnResult } from '../../contract/turn.ts';
import { createFrontEndWorld, problemOf } from '../front-end-world.ts';
import { createStubWorker } from '../workflows/stub-worker.ts';
import { eventOf, eventsOf, interrupt, LONG, speak } from '../server/http/spoken-turns.ts';

// Interrupts through the front end of a process that does not speak for the turn.

test('interrupt elsewhere: where nobody serves the turn it is answered 202, and done once by the process that takes the turn', async () => {
  const rules = [{ reply: { text: LONG } }];
  await using lost = await createFrontEndWorld({ rules });
  const { name } = lost.agent;
  await using asked = await createFrontEndWorld({ agent: { name } });
  await asked.stopWorkers();
  const id = await speak(lost);
  await eventOf(lost, id, { type: 'speech.started' });
  await lost.stopWorkers();
  const stop = { id: 'stop-1' };
  const { status, body } = await interrupt(asked, id, stop);
  assert.deepEqual([status, body], [202, { recorded: false, interrupted: false, heardText: '' }]);
  await using serving = await createFrontEndWorld({ agent: { name }, rules });
  const { outcome, items } = await serving.ended(id);
  lost.turns.forget(id);
  const [, speech] = items;
  const heardText = speech?.type === 'speech' ? speech.heardText : '';
  assert.equal(outcome, 'interrupted');
  assert.ok(LONG.startsWith(heardText) && heardText.length < LONG.length);
  const events = await eventsOf(serving, id);
  assert.equal(events.filter(({ type }) => type === 'turn.interrupted').length, 1);
  const repeated = await interrupt(asked, id, stop);
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
