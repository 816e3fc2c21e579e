import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { ConversationRecord } from '../../contract/conversation.ts';
import { conversationRecord, conversationWorkflowId, interrupt } from '../../contract/messages.ts';
import type { CloseTurnInput } from '../../contract/steps.ts';
import type { TurnResult } from '../../contract/turn.ts';
import { digestOf, summaryOf } from '../../turn/turn-end.ts';
import { startRelay } from '../faults/relay.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { createWorld } from '../world.ts';
import type { StartedTurn, World } from '../world.ts';
import { turnIdOf } from '../../contract/messages.ts';
import { textInput } from '../text-input.ts';

/** Longer than the heartbeat timeout of a step. */
const OUTAGE_MS = 3_000;
const hello = [{ reply: { text: 'Hello there.' } }];

async function activitiesOf({ handle }: StartedTurn): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityId ?? []);
}

async function conversationOf({ client, agent }: World): Promise<ConversationRecord> {
  const handle = client.workflow.getHandle(conversationWorkflowId(`conversation-of-${agent.name}`));
  return handle.query<ConversationRecord>(conversationRecord);
}

test('end of turn: home tells it with the last speech, and the record needs no step for it', async () => {
  await using world = await createWorld({ rules: hello });
  const turn = await world.start('Hi');
  assert.equal((await turn.events).at(-1)?.type, 'turn.finished');
  const { turns, items } = await conversationOf(world);
  assert.deepEqual(
    turns.map(({ id, state, outcome }) => ({ id, state, outcome })),
    [{ id: turn.id, state: 'finished', outcome: 'answered' }],
  );
  assert.deepEqual((await turn.result()).items, items);
  assert.deepEqual(await activitiesOf(turn), ['think-1', 'voice-1']);
});

for (const [moment, type] of [
  ['after home has told it', 'turn.finished'],
  ['before home can tell it', 'speech.finished'],
] as const) {
  test(`end of turn: Temporal is out of reach ${moment}, and it is told once, and nothing is said again`, async () => {
    await using relay = await startRelay(process.env['TEMPORAL_ADDRESS'] ?? '');
    let isOut = false;
    const onPublish = (event: { type: string }): void => {
      if (event.type !== type || isOut) return;
      isOut = true;
      relay.pause();
      setTimeout(() => relay.resume(), OUTAGE_MS);
    };
    await using world = await createWorld({ rules: hello, temporalAddress: relay.address, onPublish });
    const turn = await world.start('Hi', { modality: 'audio' });
    const { outcome, items } = await turn.result();
    assert.equal(isOut, true);
    assert.equal(outcome, 'answered');
    assert.equal(world.scripted.requests.speech.all.length, 1);
    assert.deepEqual((await conversationOf(world)).items, items);
  });
}

test('end of turn: an interrupt through Temporal that comes when home has told the end cuts nothing', async () => {
  await using relay = await startRelay(process.env['TEMPORAL_ADDRESS'] ?? '');
  const told = Promise.withResolvers<void>();
  const onPublish = (event: { type: string }): void => {
    if (event.type !== 'turn.finished') return;
    relay.pause();
    told.resolve();
  };
  await using world = await createWorld({ rules: hello, temporalAddress: relay.address, onPublish });
  const operator = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection: operator, namespace: world.client.options.namespace });
  const turn = await world.start('Hi', { modality: 'audio' });
  await told.promise;
  await client.workflow.getHandle(turn.id).signal(interrupt, { id: 'late' });
  await operator.close();
  relay.resume();
  const { outcome, items } = await turn.result();
  assert.equal(outcome, 'answered');
  const last = items.at(-1);
  assert.equal(last?.type === 'speech' && last.heardText, 'Hello there.');
  assert.deepEqual((await conversationOf(world)).items, items);
});

test('end of turn: a process that takes the turn over when the end was told closes it, and the record has the last word', async () => {
  await using relay = await startRelay(process.env['TEMPORAL_ADDRESS'] ?? '');
  const onPublish = (event: { type: string }): void => {
    if (event.type === 'turn.finished') relay.pause();
  };
  await using other = await createWorld({ rules: hello, agent: { name: `taken-${randomUUID().slice(0, 8)}` } });
  const agent = { name: other.agent.name };
  await using world = await createWorld({ rules: hello, agent, temporalAddress: relay.address, onPublish });
  const turn = await world.start('Hi', { modality: 'audio' });
  const { outcome, items, steps } = (await other.client.workflow.getHandle(turn.id).result()) as TurnResult;
  relay.resume();
  assert.equal(outcome, 'answered');
  assert.equal(steps.find(({ id }) => id === 'voice:1')?.attempts, 2);
  assert.deepEqual((await conversationOf(other)).items, items);
  assert.deepEqual([world.turns.size, other.turns.size], [0, 0]);
});

test('end of turn: where home has told another end than the record has, the record corrects it', async () => {
  const closed = await playWithStubs('what the record does not say');
  assert.equal(closed.length, 1);
  assert.equal(closed[0]?.result.items.length, 2);
});

test('end of turn: where home has told none, a step of its own tells it', async () => {
  const closed = await playWithStubs(undefined);
  assert.equal(closed.length, 1);
});

/** A turn whose home says of its end what it is told to say; resolves with what its step `close` was given. */
async function playWithStubs(told: string | undefined): Promise<CloseTurnInput[]> {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' });
  const taskQueue = `stubs-${randomUUID()}`;
  const closed: CloseTurnInput[] = [];
  const worker = await Worker.create({
    ...{ connection, namespace: client.options.namespace, taskQueue, workflowBundle: await workflowBundle() },
    activities: {
      think: () => ({ text: 'Hello.', calls: [] }),
      voice: () => ({ heardText: 'Hello.', durationMs: 1, ...(told !== undefined && { told }) }),
      closeTurn: (input: CloseTurnInput) => void closed.push(input),
    },
  });
  const terms = { deadlineMs: 30_000, maxRounds: 6, apology: 'Sorry.' };
  const input = {
    conversationId: taskQueue,
    agent: 'stubs',
    input: textInput('Hi'),
    modality: 'text',
    home: taskQueue,
  };
  await worker.runUntil(async () => {
    const opened = { ...input, number: 1, terms, history: { items: [] } };
    const started = await client.workflow.start('turn', { taskQueue, workflowId: turnIdOf(opened), args: [opened] });
    const { outcome } = (await started.result()) as TurnResult;
    assert.equal(outcome, 'answered');
  });
  await connection.close();
  return closed;
}

test('end of turn: its digest differs with the outcome, with each word, and with each missing one', () => {
  const said = (text: string, heardText: string) => ({
    rounds: [
      {
        round: 1,
        calls: [],
        speeches: [{ speech: '1-1', kind: 'answer' as const, text, voiced: { heardText, durationMs: 10 } }],
      },
    ],
  });
  const told = summaryOf(said('Hello there.', 'Hello there.'), textInput('Hi'));
  const digests = [
    digestOf('answered', told),
    digestOf('failed', told),
    digestOf('answered', { ...told, degraded: true }),
    digestOf('answered', summaryOf(said('Hello there.', 'Hello'), textInput('Hi'))),
    digestOf('answered', summaryOf(said('Hello there!', 'Hello there.'), textInput('Hi'))),
    digestOf('answered', { ...told, items: [] }),
  ];
  assert.equal(new Set(digests).size, digests.length);
  assert.equal(digestOf('answered', structuredClone(told)), digests[0]);
});
