import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { ApplicationFailure, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ConversationRecord } from '../../contract/conversation.ts';
import { conversationRecord, interrupt, turnBegan, turnEnded } from '../../contract/messages.ts';
import type { TurnResult } from '../../contract/turn.ts';
import type { TurnRecord } from '../../contract/turn-record.ts';
import { createWorld } from '../world.ts';
import type { World } from '../world.ts';
import { act, hold } from './barge-in/act.ts';
import { createStubWorker } from './stub-worker.ts';

// Messages as services and operators send them, by `temporal workflow signal` for example: right ones, wrong ones and none.

const rules = [
  { when: { afterTool: true }, reply: { text: 'Done.' } },
  { reply: { calls: [{ name: 'act', arguments: {} }] } },
];

interface Held {
  readonly world: World;
  readonly begun: Promise<AbortSignal>;
  readonly end: () => void;
}

/** A world whose turns stay in their tool. */
async function createHeld(): Promise<Held> {
  const { run, begun, end } = hold();
  const { tool } = act({ preamble: 'off', start: 'after_speech_starts' }, run);
  return { world: await createWorld({ rules, agent: { tools: [tool] } }), begun, end };
}

/** What Temporal UI shows beside a workflow while it is open. */
async function currentDetails(handle: WorkflowHandle): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

const WRONG = [
  7,
  'stop',
  [],
  { id: 7 },
  { id: '' },
  { id: 'x'.repeat(1_000) },
  { speech: {} },
  { heardMs: 12 },
  { speech: '1-1', heardMs: -1 },
  { speech: '1-1', heardMs: '12' },
  { cut: 'all of it' },
  { cut: {} },
  { id: 'one', cut: { id: 'one', number: 1, settled: [], begun: [], said: [null], answers: false } },
  { id: 'one', cut: { id: 'one', number: 'first', settled: [], begun: [], said: [], answers: false } },
  { id: 'one', cut: { id: 'one', number: 1, settled: {}, begun: [], said: [], answers: false } },
];

test('interrupt: as a signal or an update without an argument it is a barge-in', async () => {
  for (const args of [[], [null]]) {
    for (const way of ['signal', 'update'] as const) {
      const { world: opened, begun } = await createHeld();
      await using world = opened;
      const turn = await world.start('Hello');
      await begun;
      if (way === 'signal') await turn.handle.signal(interrupt, ...args);
      else {
        const answer = await turn.handle.executeUpdate(interrupt, { args: args as [null] });
        assert.deepEqual(answer, { interrupted: true, heardText: '' });
      }
      assert.equal((await turn.result()).outcome, 'interrupted');
    }
  }
});

test('interrupt: an update with a wrong argument is rejected with what is wrong, and the turn goes on', async () => {
  const { world: opened, begun, end } = await createHeld();
  await using world = opened;
  const turn = await world.start('Hello');
  await begun;
  for (const arg of WRONG) {
    await assert.rejects(turn.handle.executeUpdate(interrupt, { args: [arg] }), (error) => {
      assert.ok(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure);
      assert.equal(error.cause.type, 'Message.Malformed');
      assert.match(error.cause.message, /^The interrupt was rejected: .* must be .*; got .*$/);
      return true;
    });
  }
  end();
  assert.equal((await turn.result()).outcome, 'answered');
});

test('interrupt: a signal with a wrong argument is ignored, and shown in the current details', async () => {
  const { world: opened, begun, end } = await createHeld();
  await using world = opened;
  const turn = await world.start('Hello');
  await begun;
  for (const arg of WRONG) await turn.handle.signal(interrupt, arg);
  const details = await currentDetails(turn.handle);
  assert.match(details, /An interrupt was ignored: /);
  assert.ok(details.length < 4_000, 'The details stay short');
  end();
  assert.equal((await turn.result()).outcome, 'answered');
});

test('interrupt: a signal that cannot be read is ignored, and shown in the current details', async () => {
  const { world: opened, begun, end } = await createHeld();
  await using world = opened;
  const turn = await world.start('Hello');
  await begun;
  const bytes = (text: string) => new TextEncoder().encode(text);
  for (const encoding of ['binary/strange', 'json/plain']) {
    await world.client.workflowService.signalWorkflowExecution({
      namespace: world.client.options.namespace,
      workflowExecution: { workflowId: turn.id },
      signalName: interrupt,
      input: { payloads: [{ metadata: { encoding: bytes(encoding) }, data: bytes('{') }] },
    });
  }
  assert.match(await currentDetails(turn.handle), /An interrupt was ignored: it must be an object; got a text/);
  end();
  assert.equal((await turn.result()).outcome, 'answered');
});

test('interrupt: one that home cannot carry out fails as an update, is shown as a signal, and the turn goes on', async () => {
  const thought = Promise.withResolvers<unknown>();
  await using stubs = await createStubWorker({
    think: () => thought.promise,
    voice: () => ({ heardText: 'Hello.', durationMs: 1 }),
    cutTurn: () => {
      throw new Error('A bug of home');
    },
  });
  const turn = await stubs.start();
  await turn.signal(interrupt, { id: 'one' });
  await assert.rejects(turn.executeUpdate(interrupt, { args: [{ id: 'two' }] }), (error) => {
    assert.ok(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure);
    assert.equal(error.cause.type, 'Interrupt.Failed');
    return true;
  });
  await turn.cancel();
  const cancelled = async (): Promise<boolean> => {
    const { steps } = await turn.query<TurnRecord>('turnRecord');
    return steps.some(({ id, state }) => id === 'cut:cancelled' && state === 'failed');
  };
  while (!(await cancelled()));
  assert.match(await currentDetails(turn), /An interrupt could not be carried out: .*A bug of home/);
  thought.resolve({ text: 'Hello.', calls: [] });
  assert.equal(((await turn.result()) as TurnResult).outcome, 'answered');
});

test('interrupt: each one without an id is one of its own', async () => {
  const thought = Promise.withResolvers<unknown>();
  const cuts: string[] = [];
  await using stubs = await createStubWorker({
    think: () => thought.promise,
    voice: () => ({ heardText: 'Hello.', durationMs: 1 }),
    cutTurn: ({ step }: { step: string }) => void cuts.push(step),
  });
  const turn = await stubs.start();
  await turn.executeUpdate(interrupt, { args: [] });
  await turn.executeUpdate(interrupt, { args: [{}] });
  thought.resolve({ text: 'Hello.', calls: [] });
  await turn.result();
  assert.equal(new Set(cuts).size, 2);
});

const AT = '2026-01-01T00:00:00.000Z';
const began = { id: 'turn-1', number: 1, startedAt: AT };
const ended = { ...began, outcome: 'answered', items: [{ type: 'user', text: 'Hi' }] };

test('conversation: signals that are not what a turn tells are ignored and shown, and those that are still count', async () => {
  await using stubs = await createStubWorker({});
  const { client, taskQueue } = stubs;
  const record = { agent: 'stubs', createdAt: AT, turns: [], items: [], omittedItems: 0 };
  const workflowId = `conversation-${randomUUID()}`;
  const handle = await client.workflow.start('conversation', { taskQueue, workflowId, args: [record] });
  for (const wrong of [[], [7], [{}], [{ ...began, id: 7 }], [{ ...began, number: '1' }], [{ ...began, startedAt: 7 }]])
    await handle.signal(turnBegan, ...wrong);
  for (const wrong of [
    [],
    [began],
    [{ ...ended, outcome: 'gone well' }],
    [{ ...ended, items: 'none' }],
    [{ ...ended, items: [null] }],
    [{ ...ended, items: [{ type: 'speech', text: 7 }] }],
  ])
    await handle.signal(turnEnded, ...wrong);
  assert.deepEqual(await handle.query<ConversationRecord>(conversationRecord), record);
  assert.match(await currentDetails(handle), /A signal was ignored: /);
  await handle.signal(turnBegan, began);
  await handle.signal(turnEnded, ended);
  const { turns, items } = await handle.query<ConversationRecord>(conversationRecord);
  assert.deepEqual([turns.map(({ outcome }) => outcome), items], [['answered'], ended.items]);
  await handle.terminate();
});

test('conversation: an end that a later release reports, with an item and an outcome of its own, is kept as it is', async () => {
  await using stubs = await createStubWorker({});
  const { client, taskQueue } = stubs;
  const note = { type: 'note', text: 'Called back', by: { name: 'desk' } };
  const record = { agent: 'stubs', createdAt: AT, turns: [], items: [], omittedItems: 0 };
  const args = [record];
  const handle = await client.workflow.start('conversation', { taskQueue, workflowId: randomUUID(), args });
  await handle.signal(turnEnded, { ...ended, outcome: 'transferred', items: [...ended.items, note], later: 1 });
  const { turns, items } = await handle.query<ConversationRecord>(conversationRecord);
  assert.deepEqual([turns.map(({ outcome }) => outcome), items], [['transferred'], [...ended.items, note]]);
  // The next run takes it too.
  const next = await client.workflow.start('conversation', {
    ...{ taskQueue, workflowId: randomUUID() },
    args: [{ ...record, items: [note] }],
  });
  assert.deepEqual((await next.query<ConversationRecord>(conversationRecord)).items, [note]);
  for (const open of [handle, next]) await open.terminate();
});

test('start: a workflow that is started with a wrong argument fails, and says what is wrong', async () => {
  await using stubs = await createStubWorker({});
  const { client, taskQueue } = stubs;
  for (const type of ['turn', 'conversation']) {
    for (const args of [[], [7], [{}], [{ agent: 7 }]]) {
      const handle = await client.workflow.start(type, { taskQueue, workflowId: randomUUID(), args });
      await assert.rejects(handle.result(), ({ cause }: { cause?: unknown }) => {
        assert.ok(cause instanceof ApplicationFailure);
        assert.equal(cause.type, 'Message.Malformed');
        assert.match(cause.message, / must be .*; got /);
        return true;
      });
    }
  }
});
