import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import { runsAhead } from '../run-ahead.ts';
import { createWorld } from '../world.ts';
import { toRecordedState } from '../../turn/turn-record.ts';
import { noMetadata } from '../metadata.ts';
import { textInput } from '../text-input.ts';

// What runs ahead of the record, where the record or the world does not do as was foreseen.

const ONLY_AHEAD = { skip: !runsAhead };

const look = (run: () => unknown) =>
  defineTool({
    name: 'look',
    description: 'Looks something up',
    input: z.object({}),
    effect: 'read',
    preamble: 'off',
    retry: { attempts: 1 },
    run,
  });
const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: 'That is all.' } },
  { reply: { calls: [{ name: 'look', arguments: {} }] } },
];

test('run-ahead: a step that nobody began is done when the record asks for it', async () => {
  await using world = await createWorld({ rules, agent: { tools: [look(() => 'found')] } });
  const release = world.scripted.holdNext({ endpoint: 'chat' });
  const turn = await world.start('Hello');
  turn.live.halt({ state: toRecordedState(turn.live.played) });
  release();
  assert.equal(turn.live.runsAhead, false);
  const { outcome, items } = await turn.result();
  assert.equal(outcome, 'answered');
  assert.deepEqual(
    items.map((item) => item.type),
    ['user', 'call', 'result', 'speech'],
  );
});

test('run-ahead: a model that would answer differently the second time is asked once, for both players', async () => {
  let asked = 0;
  const reply = (): { text: string } => ({ text: `This is answer ${(asked += 1)}.` });
  await using world = await createWorld({ rules: [{ reply }] });
  const turn = await world.start('Hello', { modality: 'audio' });
  const { items } = await turn.result();
  const said = (await turn.events).flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));
  assert.deepEqual(said, ['This is answer 1.']);
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? [item.heardText] : [])),
    said,
  );
  assert.equal(asked, 1);
});

test('run-ahead: a read that fails only when it runs ahead has failed, and does not run again', async () => {
  let runs = 0;
  const tool = look(() => {
    runs += 1;
    if (runs === 1) throw new Error('Not yet');
    return 'found';
  });
  await using world = await createWorld({ rules, agent: { tools: [tool] } });
  const { items } = await (await world.start('Hello')).result();
  const result = items.find((item) => item.type === 'result');
  assert.deepEqual(result?.error, { kind: 'failed', message: 'Not yet' });
  assert.equal(runs, 1);
});

test('run-ahead: a read starts while its reply is still being written, and its call takes the result', async () => {
  const begun = Promise.withResolvers<void>();
  const events: string[] = [];
  const reply: ScriptRule = {
    reply: {
      calls: [
        { name: 'look', arguments: {} },
        { name: 'nothing', arguments: { words: 'that are written later' } },
      ],
    },
  };
  let runs = 0;
  const tool = look(() => {
    runs += 1;
    begun.resolve();
    return 'found';
  });
  await using world = await createWorld({
    rules: [{ when: { afterTool: true }, reply: { text: 'That is all.' } }, reply],
    agent: { tools: [tool] },
    onPublish: (event) => events.push(event.type === 'step.finished' ? event.step : event.type),
  });
  const release = world.scripted.holdNext({ endpoint: 'chat', afterTokens: 4 });
  if (!runsAhead) release();
  const turn = await world.start('Hello', { acknowledged: true });
  await begun.promise;
  assert.equal(events.includes('think:1'), !runsAhead);
  release();
  await turn.result();
  assert.equal(runs, 1);
});

test('run-ahead: without its record a turn thinks, reads and speaks, and does not write (I1)', ONLY_AHEAD, async () => {
  let writes = 0;
  const write = defineTool({
    name: 'book',
    description: 'Books it',
    input: z.object({}),
    effect: 'write',
    preamble: 'off',
    run: () => (writes += 1),
  });
  const spoken = Promise.withResolvers<void>();
  const read = Promise.withResolvers<void>();
  await using world = await createWorld({
    rules: [{ reply: { text: 'One moment.', calls: ['look', 'book'].map((name) => ({ name, arguments: {} })) } }],
    agent: { tools: [look(() => read.resolve()), write] },
    onPublish: (event) => {
      if (event.type === 'speech.finished') spoken.resolve();
    },
  });
  await world.stopWorkers();
  const turn = await world.start('Hello', { modality: 'audio', acknowledged: true });
  await Promise.all([read.promise, spoken.promise]);
  assert.equal(writes, 0);
  await turn.handle.terminate('The end of the test');
  world.turns.forget(turn.id);
});

test('run-ahead: nothing is published before Temporal has taken the turn, and all of it after', async () => {
  const published: string[] = [];
  await using world = await createWorld({ onPublish: ({ type }) => published.push(type) });
  const turn = world.turns.open({
    ...{ id: 'turn-held', before: () => [], metadata: noMetadata },
    start: { ...INPUT, agent: world.agent.name },
  });
  world.stream.open(turn.streamed, turn.startedMs);
  turn.play();
  turn.publish('think:1', { type: 'step.started', step: 'think:1', kind: 'think', attempt: 1 });
  assert.deepEqual(published, []);
  turn.acknowledge();
  assert.ok(published.some((type) => type === 'step.started'));
  assert.equal(turn.refuse(), true);
  world.turns.forget(turn.id);
});

const INPUT = {
  conversationId: 'held',
  input: textInput('Hello'),
  modality: 'text' as const,
  number: 1,
  history: { items: [] },
  terms: { deadlineMs: 1_000, maxRounds: 1, apology: 'Sorry.' },
};
