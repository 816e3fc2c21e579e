import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool, type ToolDefinition } from 'legato';
import { z } from 'zod';
import type { TurnRecord } from '../../contract/turn-record.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { createWorld } from '../world.ts';

// What is said while a tool takes its time, or fails.

type ToolOptions = Partial<ToolDefinition>;

const slow = (done: Promise<unknown>, options: ToolOptions = {}): ToolDefinition => ({
  name: 'look',
  description: 'Looks something up',
  input: z.object({}),
  effect: 'read',
  preamble: 'off',
  timeoutMs: 20_000,
  budgetMs: 20_000,
  run: () => done,
  ...options,
});

const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'Here it is.' } },
  { reply: { calls: [{ name: 'look', arguments: {} }] } },
];

test('complaint: silence while the tool runs — a filler is said, and is in the record between call and result', async () => {
  const done = Promise.withResolvers<string>();
  const tool = slow(done.promise, { fillers: [{ afterMs: 20, say: 'Still looking.' }] });
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  const turn = await world.start('Hello', { modality: 'audio' });
  for await (const event of world.stream.subscribe(turn.id)) if (event.type === 'speech.finished') break;
  done.resolve('found');
  const { items, steps } = await turn.result();
  assert.deepEqual(
    items.map((item) => (item.type === 'speech' ? item.kind : item.type)),
    ['user', 'call', 'filler', 'result', 'answer'],
  );
  assert.deepEqual(
    steps.map((step) => step.id),
    ['think:1', 'tool:1:0:look', 'think:2', 'voice:2'],
  );
});

test('complaint: the same phrase every time — a conversation does not hear the same words twice in a row', async () => {
  const done = Promise.withResolvers<string>();
  const say = ['One.', 'Two.'];
  const fillers = [20, 40, 60].map((afterMs) => ({ afterMs, say }));
  await using world = await createWorld({ rules, agent: { tools: [slow(done.promise, { fillers })] } });
  const turn = await world.start('Hello', { modality: 'audio' });
  let count = 0;
  for await (const event of world.stream.subscribe(turn.id)) {
    if (event.type === 'speech.finished') count += 1;
    if (count === 3) break;
  }
  done.resolve('found');
  const { items } = await turn.result();
  const fillersSaid = items.flatMap((item) => (item.type === 'speech' && item.kind === 'filler' ? [item.text] : []));
  assert.deepEqual(fillersSaid, ['One.', 'Two.', 'One.']);
});

test('filler: the answer follows it at its sentence end', async () => {
  const done = Promise.withResolvers<string>();
  const say = 'This takes a moment. Please stay on the line while I look.';
  await using world = await createWorld({
    rules,
    agent: { tools: [slow(done.promise, { fillers: [{ afterMs: 20, say }] })] },
    onPublish: ({ type }) => {
      if (type === 'speech.started') done.resolve('found');
    },
  });
  const turn = await world.start('Hello', { modality: 'audio' });
  const { items } = await turn.result();
  const filler = items.find((item) => item.type === 'speech' && item.kind === 'filler');
  assert.equal(filler?.type === 'speech' && filler.text, 'This takes a moment.');
  const events = await turn.events;
  const ended = events.findIndex((event) => event.type === 'speech.finished' && event.kind === 'filler');
  const answered = events.findIndex((event) => event.type === 'speech.started' && event.speech === '2-1');
  assert.ok(ended < answered);
});

test('filler: none is said when the result is there before its time', async () => {
  const tool = slow(Promise.resolve('found'), { fillers: [{ afterMs: 10_000, say: 'Still looking.' }] });
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  const { items } = await (await world.start('Hello', { modality: 'audio' })).result();
  assert.ok(items.every((item) => item.type !== 'speech' || item.kind !== 'filler'));
});

test('filler: it may be a function of the arguments', async () => {
  const done = Promise.withResolvers<string>();
  const tool = defineTool({
    name: 'look',
    description: 'Looks something up',
    input: z.object({ city: z.string() }),
    effect: 'read',
    preamble: 'off',
    timeoutMs: 20_000,
    budgetMs: 20_000,
    fillers: [{ afterMs: 20, say: ({ city }) => `Still asking ${city}.` }],
    run: () => done.promise,
  });
  const asks: ScriptRule[] = [
    { when: { afterTool: true }, reply: { text: 'Here it is.' } },
    { reply: { calls: [{ name: 'look', arguments: { city: 'Oslo' } }] } },
  ];
  await using world = await createWorld({ rules: asks, agent: { tools: [tool] } });
  const turn = await world.start('Hello');
  for await (const event of world.stream.subscribe(turn.id)) if (event.type === 'speech.started') break;
  done.resolve('found');
  const { items } = await turn.result();
  assert.ok(items.some((item) => item.type === 'speech' && item.text === 'Still asking Oslo.'));
});

const thinking = { fillers: [{ afterMs: 20, say: 'One moment.' }], modelTimeoutMs: 1_500 };

test('complaint: silence while the model thinks — a filler is said, is in the record before the answer, and costs no step', async () => {
  await using world = await createWorld({ rules: [{ reply: { text: 'Here it is.' } }], agent: thinking });
  world.scripted.failNext({ endpoint: 'chat', kind: 'hang', times: 1 });
  const turn = await world.start('Hello');
  const { outcome, items, steps } = await turn.result();
  assert.equal(outcome, 'answered');
  assert.deepEqual(items.slice(1), [
    { type: 'speech', speech: '1-1001', kind: 'filler', text: 'One moment.', heardText: 'One moment.' },
    { type: 'speech', speech: '1-1', kind: 'answer', text: 'Here it is.', heardText: 'Here it is.' },
  ]);
  assert.deepEqual(
    steps.map((step) => step.id),
    ['think:1', 'voice:1'],
  );
  const { events } = await turn.handle.fetchHistory();
  assert.equal(events?.length, 20);
});

test('filler: one that was said while a model was asked that then failed is in the record, before the apology', async () => {
  await using world = await createWorld({ agent: { ...thinking, apology: 'So sorry.' } });
  world.scripted.failNext({ endpoint: 'chat', kind: 'hang', times: 2 });
  const turn = await world.start('Hello');
  await assert.rejects(turn.result());
  const { items } = await turn.handle.query<TurnRecord>('turnRecord');
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? [[item.speech, item.kind, item.heardText]] : [])),
    [
      ['1-1001', 'filler', 'One moment.'],
      ['1-2', 'apology', 'So sorry.'],
    ],
  );
});

const fails = (options: ToolOptions = {}) =>
  slow(Promise.resolve(), {
    retry: { attempts: 1, firstDelayMs: 1 },
    run: () => {
      throw new Error('The carrier is down');
    },
    ...options,
  });

test('failure: the words of the author are said, and the model is given the hint', async () => {
  const onFailure = { say: 'I cannot reach the carrier.', guide: 'Offer to call back.' };
  await using world = await createWorld({ rules, agent: { tools: [fails({ onFailure })] } });
  const { items } = await (await world.start('Hello')).result();
  const spoken = items.flatMap((item) => (item.type === 'speech' ? [[item.kind, item.text]] : []));
  assert.deepEqual(spoken, [
    ['apology', 'I cannot reach the carrier.'],
    ['answer', 'Here it is.'],
  ]);
  const sent = world.scripted.requests.chat.last?.body.messages.find((message) => message.role === 'tool');
  assert.match(String(sent?.content), /The carrier is down.*Offer to call back/);
});

test('failure: a fallback is run with the same arguments, and its result counts', async () => {
  const cheap = slow(Promise.resolve('from yesterday'), { name: 'cheap' });
  const tools = [fails({ onFailure: { fallback: 'cheap' } }), cheap];
  await using world = await createWorld({ rules, agent: { tools } });
  const turn = await world.start('Hello');
  const { items } = await turn.result();
  assert.equal(items.find((item) => item.type === 'result')?.result, 'from yesterday');
  const finished = (await turn.events).find((event) => event.type === 'tool.finished');
  assert.equal(finished?.source, 'fallback');
});

test('cache: a read with the same arguments is not run again while its result may be kept', async () => {
  let runs = 0;
  const tool = slow(Promise.resolve(), { cacheMs: 60_000, run: () => (runs += 1) });
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  await (await world.start('Hello')).result();
  const turn = await world.start('Hello');
  const { items } = await turn.result();
  assert.equal(runs, 1);
  assert.equal(items.find((item) => item.type === 'result')?.result, 1);
  assert.equal((await turn.events).find((event) => event.type === 'tool.finished')?.source, 'cache');
});

test('rejectIf: a reason turns the call down before it runs, and the model is told', async () => {
  let runs = 0;
  const tool = slow(Promise.resolve(), { rejectIf: () => 'The shop is closed', run: () => (runs += 1) });
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  const { items } = await (await world.start('Hello')).result();
  assert.equal(runs, 0);
  assert.deepEqual(items.find((item) => item.type === 'result')?.error, {
    kind: 'rejected',
    message: 'The shop is closed',
  });
});

test('fallback model: it answers when the model has failed twice', async () => {
  await using world = await createWorld({
    rules: [{ reply: { text: 'Hello.' } }],
    agent: { fallbackModel: 'smaller' },
  });
  world.scripted.failNext({ endpoint: 'chat', kind: 'status', status: 500, times: 2 });
  const { outcome } = await (await world.start('Hi')).result();
  assert.equal(outcome, 'answered');
  assert.deepEqual(
    world.scripted.requests.chat.all.map((request) => request.body.model),
    ['scripted', 'scripted', 'smaller'],
  );
});
