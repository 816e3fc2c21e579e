import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { waitForEnd } from '../../record/wait-for-end.ts';
import { holdTurns } from '../held-turns.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../front-end-world.ts';
import { reset, tasksOf } from '../workflows/reset-turn.ts';

/** What Temporal is asked about the ends of workflows, from now on. */
function watchQuestions({ client }: FrontEndWorld) {
  const { workflowService } = client.connection;
  const asked: Promise<unknown>[] = [];
  const ask = workflowService.getWorkflowExecutionHistory.bind(workflowService);
  workflowService.getWorkflowExecutionHistory = ((request: object) => {
    const asking = ask(request);
    asked.push(asking.catch(() => undefined));
    return asking;
  }) as typeof ask;
  return {
    asked,
    /** Resolves when all that was asked until now is answered, and who asked has heard of it. */
    answered: async () => {
      await Promise.all(asked);
      await setImmediate();
    },
  };
}

test('waiting for an end: a turn that outlasts a question is asked for again, until it has ended', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const { id } = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  const { asked, answered } = watchQuestions(world);
  const { signal } = new AbortController();
  const ended = waitForEnd(world.client, id, { signal, askedMs: 50 });
  while (asked.length < 3) await answered();
  holding.release();
  assert.equal(await ended, true);
});

test('waiting for an end: Temporal is asked no more once the client has left', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const { id } = await world.accept(await world.newConversation(), 'hold');
  await holding.held;
  const { asked, answered } = watchQuestions(world);
  const leaving = new AbortController();
  const ended = waitForEnd(world.client, id, { signal: leaving.signal, askedMs: 50 });
  while (asked.length < 2) await answered();
  leaving.abort();
  assert.equal(await ended, false);
  // One question may take more than one request; a wait that went on would ask for ever.
  for (let before = 0; before < asked.length;) {
    before = asked.length;
    await answered();
  }
  holding.release();
  await world.ended(id);
});

test('waiting for an end: a turn that is not there has ended', async () => {
  await using world = await createFrontEndWorld();
  const { signal } = new AbortController();
  assert.equal(await waitForEnd(world.client, 'turn-nowhere', { signal }), true);
});

test('waiting for an end: a reader of an open turn that is reset is answered when the new run has ended', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld(holding.options);
  const conversation = await world.newConversation();
  const { asked } = watchQuestions(world);
  const played = world.play(conversation, 'hold');
  await holding.held;
  const [live] = world.turns.openIn(conversation);
  assert.ok(live);
  while (asked.length === 0) await setImmediate();
  const madeRun = await reset(world, { turnId: live.id, task: (await tasksOf(world, live.id)).at(-1) });
  holding.release();
  const { outcome, temporal } = await played;
  assert.deepEqual([outcome, temporal.runId], ['answered', madeRun]);
});

test('waiting for an end: a turn that has ended has ended, whatever run of it nobody takes', async () => {
  await using world = await createFrontEndWorld();
  const { id } = await world.play(await world.newConversation(), 'Hi');
  const [task] = await tasksOf(world, id);
  await world.stopWorkers();
  await reset(world, { turnId: id, task });
  const { signal } = new AbortController();
  assert.equal(await waitForEnd(world.client, id, { signal }), true);
});
