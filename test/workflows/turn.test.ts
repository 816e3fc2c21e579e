import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { createWorld } from '../world.ts';
import type { StartedTurn } from '../world.ts';
import { endOf } from './turn-end.ts';

const findOrder = defineTool({
  name: 'find_order',
  description: 'Status of an order',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  run: ({ order_id }) => ({ order_id, status: 'shipped' }),
});

const brokenTool = defineTool({
  name: 'broken',
  description: 'Fails',
  input: z.object({}),
  effect: 'read',
  retry: { attempts: 1, firstDelayMs: 1 },
  run: () => {
    throw new Error('The warehouse does not answer');
  },
});

const toolRules: ScriptRule[] = [
  { when: { afterTool: true, failed: true }, reply: { text: 'I cannot see that now.' } },
  { when: { afterTool: true }, reply: { text: 'It has shipped.' } },
  {
    when: { user: 'order' },
    reply: { text: 'One moment.', calls: [{ name: 'find_order', arguments: { order_id: '7' } }] },
  },
  {
    when: { user: 'both' },
    reply: { calls: ['1', '2'].map((id) => ({ name: 'find_order', arguments: { order_id: id } })) },
  },
  { when: { user: 'broken' }, reply: { calls: [{ name: 'broken', arguments: {} }] } },
  { when: { user: 'invented' }, reply: { calls: [{ name: 'teleport it', arguments: {} }] } },
  { when: { user: 'malformed' }, reply: { calls: [{ name: 'find_order', arguments: '{"order_id": 7' }] } },
  { when: { user: 'mistyped' }, reply: { calls: [{ name: 'find_order', arguments: { order_id: 7 } }] } },
];

const shop = { agent: { tools: [findOrder, brokenTool] }, rules: toolRules };

test('turn: a reply without tools is answered, spoken sentence by sentence, and told to the conversation', async () => {
  await using world = await createWorld({ rules: [{ reply: { text: 'Hello there. How can I help?' } }] });
  const turn = await world.start('Hi');
  const result = await turn.result();
  assert.equal(result.outcome, 'answered');
  assert.deepEqual(result.items, [
    { type: 'user', text: 'Hi' },
    {
      type: 'speech',
      speech: '1-1',
      kind: 'answer',
      text: 'Hello there. How can I help?',
      heardText: 'Hello there. How can I help?',
    },
  ]);
  const sentences = (await turn.events).flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));
  assert.deepEqual(sentences, ['Hello there.', 'How can I help?']);
  const record = await world.client.workflow
    .getHandle(`conversation-${result.conversationId}`)
    .query<{ items: unknown[]; turns: { id: string; outcome: string }[] }>('conversationRecord');
  assert.deepEqual(record.items, result.items);
  assert.deepEqual(
    record.turns.map(({ id, outcome }) => [id, outcome]),
    [[turn.id, 'answered']],
  );
});

test('turn: a tool turn reads preamble, call, result, answer, and the model is sent the result', async () => {
  await using world = await createWorld(shop);
  const { items } = await (await world.start('Where is my order?')).result();
  assert.deepEqual(
    items.map((item) => item.type),
    ['user', 'speech', 'call', 'result', 'speech'],
  );
  const result = items.find((item) => item.type === 'result');
  assert.deepEqual(result?.result, { order_id: '7', status: 'shipped' });
  const sent = world.scripted.requests.chat.all.at(-1)?.body.messages ?? [];
  assert.equal(sent.at(-1)?.role, 'tool');
  assert.equal(sent.at(-1)?.content, '{"order_id":"7","status":"shipped"}');
});

test('turn: calls of one round run side by side, each settled once', async () => {
  await using world = await createWorld(shop);
  const { items, steps } = await (await world.start('both')).result();
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'result' ? [item.call] : [])),
    ['tool:1:0:find_order', 'tool:1:1:find_order'],
  );
  assert.equal(steps.filter((step) => step.kind === 'tool').length, 2);
});

for (const [words, kind] of [
  ['invented', 'unknown_tool'],
  ['malformed', 'invalid_arguments'],
  ['mistyped', 'invalid_arguments'],
  ['broken', 'failed'],
] as const) {
  test(`turn: a call that is ${words} is settled as ${kind}, and the caller still gets a sentence`, async () => {
    await using world = await createWorld(shop);
    const turn = await world.start(words);
    const { items, outcome } = await turn.result();
    assert.equal(outcome, 'answered');
    assert.equal(items.find((item) => item.type === 'result')?.error?.kind, kind);
    assert.deepEqual(items.at(-1), {
      type: 'speech',
      speech: '2-1',
      kind: 'answer',
      text: 'I cannot see that now.',
      heardText: 'I cannot see that now.',
    });
    const finished = (await turn.events).find((event) => event.type === 'tool.finished');
    assert.equal(finished?.ok, false);
  });
}

test('turn: a model that insists on bad calls must answer without tools in the fourth round', async () => {
  const rules: ScriptRule[] = [{ reply: { text: 'Let me see.', calls: [{ name: 'nothing', arguments: {} }] } }];
  await using world = await createWorld({ ...shop, rules });
  const { items, outcome } = await (await world.start('Hi')).result();
  assert.equal(outcome, 'answered');
  assert.equal(items.filter((item) => item.type === 'call').length, 3);
  assert.equal(world.scripted.requests.chat.all.at(-1)?.body.tool_choice, 'none');
});

test('turn: the voice step ends when the speech was played out, and the answer waits for the preamble', async () => {
  await using world = await createWorld(shop);
  const turn = await world.start('order', { modality: 'audio' });
  await turn.result();
  const events = await turn.events;
  const at = (type: string, speech: string): number =>
    events.findIndex((event) => event.type === type && 'speech' in event && event.speech === speech);
  assert.ok(at('speech.finished', '1-1') < at('speech.started', '2-1'));
  const audio = events.flatMap((event) => (event.type === 'speech.audio' && event.speech === '2-1' ? [event.pcm] : []));
  const bytes = audio.reduce((sum, pcm) => sum + pcm.byteLength, 0);
  const finished = events[at('speech.finished', '2-1')];
  assert.equal(finished?.type === 'speech.finished' && finished.durationMs, Math.round(bytes / 48));
});

test('turn: number, home and epoch aside, sequence numbers of its events have no gap', async () => {
  await using world = await createWorld(shop);
  const turn = await world.start('order', { modality: 'audio' });
  const events = await turn.events;
  assert.deepEqual(
    events.map((event) => event.seq),
    events.map((_, index) => index + 1),
  );
  assert.equal(events[0]?.type, 'turn.started');
  assert.equal(events.at(-1)?.type, 'turn.finished');
  await turn.result();
});

test('turn: at its deadline the apology is said, reads are cancelled, and the outcome is expired', async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const slow = defineTool({
    name: 'slow',
    description: 'Never ends',
    input: z.object({}),
    effect: 'read',
    timeoutMs: 60_000,
    budgetMs: 60_000,
    run: (_, { signal }) => {
      begun.resolve(signal);
      return new Promise(() => undefined);
    },
  });
  const rules: ScriptRule[] = [{ reply: { calls: [{ name: 'slow', arguments: {} }] } }];
  // Long enough for the tool to begin on a busy machine.
  await using world = await createWorld({ agent: { tools: [slow], deadlineMs: 3_000, apology: 'So sorry.' }, rules });
  const { result, failure } = await endOf(await world.start('Hi'));
  const { items, outcome } = result;
  assert.deepEqual([failure?.type, outcome], ['Turn.Expired', 'expired']);
  assert.equal(items.find((item) => item.type === 'result')?.error?.kind, 'cancelled');
  assert.ok(items.some((item) => item.type === 'speech' && item.kind === 'apology' && item.text === 'So sorry.'));
  const signal = await begun.promise;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
});

test('turn: cancelling its workflow ends it as interrupted', async () => {
  await using world = await createWorld({
    rules: [{ reply: { text: 'A long story. '.repeat(40) } }],
    agent: { deadlineMs: 30_000 },
  });
  const turn = await world.start('Hi', { modality: 'audio' });
  for await (const event of world.stream.subscribe(turn.id)) if (event.type === 'speech.started') break;
  await turn.handle.cancel();
  const { outcome } = await turn.result();
  assert.equal(outcome, 'interrupted');
  assert.ok((await turn.events).some((event) => event.type === 'speech.cut'));
});

test('turn: of 40 calls at once 32 are read and 16 run, and the caller gets an answer', async () => {
  const calls = Array.from({ length: 40 }, (_, index) => ({
    name: 'find_order',
    arguments: { order_id: String(index) },
  }));
  const rules: ScriptRule[] = [{ when: { afterTool: true }, reply: { text: 'Here they are.' } }, { reply: { calls } }];
  await using world = await createWorld({ ...shop, rules });
  const { items, outcome } = await (await world.start('All of them')).result();
  const results = items.filter((item) => item.type === 'result');
  assert.equal(outcome, 'answered');
  assert.equal(results.filter((item) => item.ok).length, 16);
  assert.equal(results.filter((item) => item.error?.kind === 'rejected').length, 16);
});

test('turn: the same call twice in a round runs twice, each with an id and a result of its own', async () => {
  const twice = ['1', '1'].map((id) => ({ name: 'find_order', arguments: { order_id: id } }));
  const rules: ScriptRule[] = [
    { when: { afterTool: true }, reply: { text: 'Here it is.' } },
    { reply: { calls: twice } },
  ];
  await using world = await createWorld({ ...shop, rules });
  const { items } = await (await world.start('Twice')).result();
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'result' ? [[item.call, item.ok]] : [])),
    [
      ['tool:1:0:find_order', true],
      ['tool:1:1:find_order', true],
    ],
  );
});

test('turn: its steps reach home also where another process runs its workflow', async () => {
  await using home = await createWorld(shop);
  await using other = await createWorld({ agent: { ...shop.agent, name: home.agent.name } });
  // Started through the other one, whose worker is handed the workflow with the answer.
  const turn = await home.start('Where is my order?', {}, other.client);
  const { outcome, steps } = await turn.result();
  assert.equal(outcome, 'answered');
  assert.ok(steps.every((step) => step.attempts === 1 && step.state === 'finished'));
  const [near, ...rest] = await queuesOf(turn);
  assert.notEqual(near, home.home);
  assert.deepEqual([...new Set(rest)], [home.home]);
  assert.equal(other.scripted.requests.chat.all.length, 0);
});

test('turn: its steps are scheduled on its own queue, from which Temporal hands them to the process that runs it', async () => {
  await using world = await createWorld(shop);
  const turn = await world.start('Where is my order?');
  await turn.result();
  const queues = await queuesOf(turn);
  assert.ok(queues.length > 3);
  assert.deepEqual([...new Set(queues)], [`legato-${world.agent.name}`]);
});

/** Of its steps, in their order. */
async function queuesOf({ handle }: StartedTurn): Promise<(string | null | undefined)[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.taskQueue?.name] : [],
  );
}
