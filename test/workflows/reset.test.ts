import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { defineTool } from 'legato';
import { z } from 'zod';
import { Conversation, Turn } from '../../contract/http.ts';
import type { Outcome } from '../../contract/turn.ts';
import { createFrontEndWorld, type FrontEndWorld } from '../front-end-world.ts';
import { reset, tasksOf } from './reset-turn.ts';
import { workflowBundle } from '../workflow-bundle.ts';

// What a reset by Temporal's own means does, for each task of a turn that it can be made to.

/** Of a turn that runs out of time: long enough for its tool to begin on a busy machine. */
const DEADLINE_MS = 3_000;

interface Shop {
  readonly world: FrontEndWorld;
  /** How often the write ran. */
  readonly bookings: () => number;
  readonly published: () => number;
  readonly toolHeld: Promise<void>;
  readonly release: () => void;
}

async function createShop(deadlineMs = 20_000): Promise<Shop> {
  let bookings = 0;
  let published = 0;
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const input = z.object({});
  const book = defineTool({
    ...{ name: 'book', description: 'Books', input, effect: 'write', start: 'at_once' },
    run: () => ({ booking: (bookings += 1) }),
  });
  const hold = defineTool({
    ...{ name: 'hold', description: 'Ends when it is told', input, effect: 'read', preamble: 'off' },
    ...{ timeoutMs: 60_000, budgetMs: 60_000 },
    run: async (_, { signal }) => {
      held.resolve();
      signal.addEventListener('abort', () => released.resolve());
      await released.promise;
      return 'held';
    },
  });
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays slowly', input, effect: 'write', start: 'at_once' },
    ...{ timeoutMs: 60_000, budgetMs: 60_000 },
    run: async () => {
      bookings += 1;
      held.resolve();
      await released.promise;
      return 'paid';
    },
  });
  const call = (name: string, text = '') => ({ text, calls: [{ name, arguments: {} }] });
  const world = await createFrontEndWorld({
    agent: { tools: [book, hold, pay], deadlineMs, greeting: 'Good day.' },
    onPublish: () => (published += 1),
    rules: [
      { when: { user: 'hold', afterTool: 'hold' }, reply: call('book') },
      { when: { afterTool: true }, reply: { text: 'It is done.' } },
      { when: { user: 'book' }, reply: call('book', 'One moment.') },
      { when: { user: 'pay' }, reply: call('pay') },
      { when: { user: /hold|expire/i }, reply: call('hold') },
      { when: { user: 'break' }, failure: { kind: 'status', status: 400 } },
      { reply: { text: 'Hello.' } },
    ],
  });
  const counts = { bookings: () => bookings, published: () => published };
  return { world, ...counts, toolHeld: held.promise, release: released.resolve };
}

/** `done`, or the type of the failure with which a run ended. */
async function endOf({ client }: FrontEndWorld, turnId: string, runId: string): Promise<string> {
  try {
    await client.workflow.getHandle(turnId, runId).result();
    return 'done';
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError);
    return error.cause instanceof ApplicationFailure ? String(error.cause.type) : String(error.cause);
  }
}

async function replay({ client }: FrontEndWorld, turnId: string, runId: string): Promise<void> {
  const history = await client.workflow.getHandle(turnId, runId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
}

/** Asked again while Temporal is too busy to answer in time. */
async function read({ send }: FrontEndWorld, path: string): Promise<unknown> {
  let answer = await send(path);
  while (answer.status === 503) answer = await send(path);
  return answer.body;
}

async function shown(world: FrontEndWorld, turnId: string) {
  const turn = Turn.parse(await read(world, `/v1/turns/${turnId}`));
  const conversation = Conversation.parse(await read(world, `/v1/conversations/${turn.conversationId}`));
  return { turn, conversation };
}

/** Ends a turn; resolves with its id. */
type Play = (shop: Shop) => Promise<string>;

const play =
  (text: string): Play =>
  async ({ world }) => {
    const turn = await world.start(text);
    await turn.result().catch(() => undefined); // how it ended is in the record
    return turn.id;
  };

const cutIn: Play = async ({ world, toolHeld }) => {
  const turn = await world.start('Hold the line');
  await toolHeld;
  await turn.live.interrupt({ id: 'cut' }).recorded;
  await turn.result();
  return turn.id;
};

/** What a turn was, and how its run ends again where it is reset to its last task: its history has it all. */
const ENDED: readonly (readonly [string, Play, Outcome, string])[] = [
  ['that has booked', play('Book it'), 'answered', 'done'],
  ['without a tool', play('Hi'), 'answered', 'done'],
  ['whose model failed', play('Break it'), 'failed', 'Turn.ModelFailed'],
  ['that ran out of time', play('Expire'), 'expired', 'Turn.Expired'],
  ['that the caller cut', cutIn, 'interrupted', 'done'],
];

for (const [kind, end, outcome, lastEnd] of ENDED) {
  test(`reset: an ended turn ${kind} does nothing again and tells nobody, whatever task is chosen`, async () => {
    const shop = await createShop(outcome === 'expired' ? DEADLINE_MS : 20_000);
    await using world = shop.world;
    const turnId = await end(shop);
    const before = await shown(world, turnId);
    assert.equal(before.turn.outcome, outcome);
    const { runId } = before.turn.temporal;
    const counted = () => [shop.bookings(), shop.published(), world.scripted.requests.chat.all.length];
    const counts = counted();
    const tasks = await tasksOf(world, turnId, runId);
    for (const task of tasks) {
      const madeRun = await reset(world, { turnId, runId, task });
      const expected = task === tasks.at(-1) ? lastEnd : 'Turn.Reset';
      assert.equal(await endOf(world, turnId, madeRun), expected, `task ${task} of ${tasks.join(', ')}`);
      assert.deepEqual(await shown(world, turnId), before);
      await replay(world, turnId, madeRun);
    }
    assert.deepEqual(counted(), counts);
  });
}

test('reset: an open turn goes on in its new run whatever task is chosen, and a write of it is not run there', async () => {
  for (const place of [0, 1]) {
    const shop = await createShop();
    await using world = shop.world;
    const { id: turnId } = await world.start('Hold the line');
    await shop.toolHeld;
    let tasks = await tasksOf(world, turnId);
    while (tasks.length < 2) tasks = await tasksOf(world, turnId);
    const madeRun = await reset(world, { turnId, task: tasks[place] });
    assert.equal(await endOf(world, turnId, madeRun), 'done');
    await replay(world, turnId, madeRun);
    const { turn, conversation: told } = await shown(world, turnId);
    assert.deepEqual([turn.outcome, turn.temporal.runId], ['answered', madeRun]);
    const results = turn.items.flatMap((item) => (item.type === 'result' ? [item.error?.kind ?? item.result] : []));
    assert.deepEqual(results, ['held', 'outcome_unknown']);
    assert.equal(shop.bookings(), 0);
    assert.deepEqual(told.items, turn.items);
    assert.deepEqual(
      told.turns.map(({ id, outcome }) => [id, outcome]),
      [[turnId, 'answered']],
    );
    // A reset of the run that ended for it changes nothing any more.
    const [task] = await tasksOf(world, turnId, madeRun);
    assert.equal(await endOf(world, turnId, await reset(world, { turnId, task })), 'Turn.Reset');
    assert.deepEqual(await shown(world, turnId), { turn, conversation: told });
  }
});

test('reset: a turn that was abandoned before it began stays abandoned', async () => {
  const { world: opened } = await createShop();
  await using world = opened;
  const turn = await world.startRefused('Hi');
  await assert.rejects(turn.result());
  world.turns.forget(turn.id);
  const before = Turn.parse(await read(world, `/v1/turns/${turn.id}`));
  const { runId } = before.temporal;
  for (const task of await tasksOf(world, turn.id)) {
    assert.equal(await endOf(world, turn.id, await reset(world, { turnId: turn.id, runId, task })), 'Turn.Reset');
    assert.deepEqual(await read(world, `/v1/turns/${turn.id}`), before);
  }
  assert.equal(world.scripted.requests.chat.all.length, 0);
});

test('reset: a run that nobody takes does not hide the one that ended', async () => {
  const { world: opened } = await createShop();
  await using world = opened;
  const turn = await world.start('Hi');
  await turn.result();
  const before = await read(world, `/v1/turns/${turn.id}`);
  const [task] = await tasksOf(world, turn.id);
  await world.stopWorkers();
  await reset(world, { turnId: turn.id, task });
  assert.deepEqual(await read(world, `/v1/turns/${turn.id}`), before);
});

test('reset: a write that ran when an open turn was reset is of unknown outcome in the new run, and not run again', async () => {
  const shop = await createShop();
  await using world = shop.world;
  const { id: turnId } = await world.start('Pay slowly');
  await shop.toolHeld;
  const madeRun = await reset(world, { turnId, task: (await tasksOf(world, turnId)).at(-1) });
  assert.equal(await endOf(world, turnId, madeRun), 'done');
  const { turn } = await shown(world, turnId);
  const errors = turn.items.flatMap((item) => (item.type === 'result' ? [item.error?.kind] : []));
  assert.deepEqual([turn.outcome, errors, shop.bookings()], ['answered', ['outcome_unknown'], 1]);
  shop.release();
});
