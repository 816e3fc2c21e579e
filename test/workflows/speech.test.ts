import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolDefinition } from 'legato';
import { z } from 'zod';
import type { Item } from '../../contract/items.ts';
import type { ScriptRule } from '../../providers/scripted/script.ts';
import type { StreamEvent } from '../../stream/turn-stream.ts';
import { until, when } from './barge-in/caller.ts';
import { createWorld } from '../world.ts';
import type { World } from '../world.ts';

// What callers notice when tools and speech do not fit. Each test is named for the complaint.

type ToolOptions = Partial<ToolDefinition>;

const look = (options: ToolOptions = {}): ToolDefinition => ({
  name: 'look',
  description: 'Looks something up',
  input: z.object({ order_id: z.string() }),
  effect: 'read',
  run: () => 'found',
  ...options,
});

const asks = (args: object | string, text?: string): ScriptRule[] => [
  { when: { afterTool: true }, reply: { text: 'Here it is.' } },
  { reply: { calls: [{ name: 'look', arguments: args }], ...(text !== undefined && { text }) } },
];

const withPreamble = asks({ preamble: 'Let me look that up for you.', order_id: '7' });

const STEP = 'tool:1:0:look';

interface Played {
  readonly events: readonly StreamEvent[];
  readonly items: readonly Item[];
}

async function play(world: World): Promise<Played> {
  const turn = await world.start('Hello', { modality: 'audio' });
  const { items } = await turn.result();
  return { events: await turn.events, items };
}

const at = (events: readonly StreamEvent[], type: string, speech?: string): number =>
  events.findIndex((event) => event.type === type && (!speech || ('speech' in event && event.speech === speech)));

const said = (events: readonly StreamEvent[], speech: string): string[] =>
  events.flatMap((event) => (event.type === 'speech.sentence' && event.speech === speech ? [event.text] : []));

test('complaint: the tool ran before "let me look that up" was heard — a gated one starts after the first frame', async () => {
  await using world = await createWorld({
    rules: withPreamble,
    agent: { tools: [look({ start: 'after_speech_starts' })] },
  });
  const { events } = await play(world);
  assert.ok(at(events, 'speech.audio', '1-1') < at(events, 'tool.started'));
});

test('gate: a tool that starts after speech starts when the speech was played out', async () => {
  await using world = await createWorld({ rules: withPreamble, agent: { tools: [look({ start: 'after_speech' })] } });
  const { events } = await play(world);
  assert.ok(at(events, 'speech.finished', '1-1') < at(events, 'tool.started'));
});

test('gate: a read starts at once, a write when speech has started, if the author says nothing', async () => {
  for (const effect of ['read', 'write'] as const) {
    await using world = await createWorld({ rules: withPreamble, agent: { tools: [look({ effect })] } });
    const release = world.scripted.holdNext({ endpoint: 'speech' });
    const turn = await world.start('Hello', { modality: 'audio' });
    await until(effect === 'read' ? when('tool.started') : when('step.started', { step: STEP }), turn, world);
    release();
    await turn.result();
    const events = await turn.events;
    assert.equal(at(events, 'tool.started') < at(events, 'speech.started', '1-1'), effect === 'read');
  }
});

test('gate: it is open at once where nothing is to be said', async () => {
  const silent = look({ start: 'after_speech', preamble: 'off' });
  await using world = await createWorld({ rules: asks({ order_id: '7' }), agent: { tools: [silent] } });
  const { events } = await play(world);
  assert.ok(at(events, 'tool.finished') > 0);
});

test('gate: speech that fails opens it, and the turn does not hang', async () => {
  await using world = await createWorld({ rules: withPreamble, agent: { tools: [look({ start: 'after_speech' })] } });
  world.scripted.failNext({ endpoint: 'speech', kind: 'status', status: 500, times: 20 });
  const { events } = await play(world);
  assert.ok(at(events, 'tool.finished') > 0);
});

/** One whose voice says nothing before the read has ended. */
async function playReadFirst(world: World): Promise<Played> {
  const release = world.scripted.holdNext({ endpoint: 'speech' });
  const turn = await world.start('Hello', { modality: 'audio' });
  await until(when('step.finished', { step: STEP }), turn, world);
  release();
  const { items } = await turn.result();
  return { events: await turn.events, items };
}

test('reveal: a result that is there before the preamble has begun becomes visible after it has', async () => {
  await using world = await createWorld({ rules: withPreamble, agent: { tools: [look()] } });
  const { events } = await playReadFirst(world);
  assert.ok(at(events, 'tool.started') < at(events, 'speech.started', '1-1'));
  assert.ok(at(events, 'tool.finished') > at(events, 'speech.started', '1-1'));
});

test('complaint: the tool cut the sentence after one word — the answer waits for the whole preamble', async () => {
  await using world = await createWorld({ rules: withPreamble, agent: { tools: [look()] } });
  const { events, items } = await playReadFirst(world);
  assert.ok(at(events, 'tool.finished') < at(events, 'speech.finished', '1-1'));
  assert.ok(at(events, 'speech.finished', '1-1') < at(events, 'speech.started', '2-1'));
  assert.deepEqual(
    items.map((item) => item.type),
    ['user', 'speech', 'call', 'result', 'speech'],
  );
});

test('complaint: an extra model or voice round trip for the preamble — it comes with the call, and never reaches the tool', async () => {
  const seen: unknown[] = [];
  const tool = look({ run: (args: unknown) => seen.push(args) });
  await using world = await createWorld({ rules: withPreamble, agent: { tools: [tool] } });
  const { events } = await play(world);
  assert.deepEqual(said(events, '1-1'), ['Let me look that up for you.']);
  assert.deepEqual(seen, [{ order_id: '7' }]);
  assert.equal(world.scripted.requests.chat.all.length, 2);
  assert.equal(world.scripted.requests.speech.all.length, 2);
  const schema = JSON.stringify(world.scripted.requests.chat.all[0]?.body.tools);
  assert.ok(schema.indexOf('"preamble"') < schema.indexOf('"order_id"'));
});

test('preamble: it is spoken while the rest of the arguments is still written', async () => {
  const args = { preamble: 'One moment.', order_id: '7'.repeat(200) };
  await using world = await createWorld({ rules: asks(args), agent: { tools: [look()] } });
  const release = world.scripted.holdNext({ endpoint: 'chat', afterTokens: 20 });
  const turn = await world.start('Hello', { modality: 'audio' });
  await until(when('speech.audio', { speech: '1-1' }), turn, world);
  release();
  await turn.result();
  const events = await turn.events;
  const thought = events.findIndex((event) => event.type === 'step.finished' && event.step === 'think:1');
  assert.ok(at(events, 'speech.audio', '1-1') < thought);
});

test('complaint: two preambles in a row — words of the model drop those of its calls, and one call those of the other', async () => {
  await using own = await createWorld({
    rules: asks({ preamble: 'Let me look.', order_id: '7' }, 'I am on it.'),
    agent: { tools: [look()] },
  });
  assert.deepEqual(said((await play(own)).events, '1-1'), ['I am on it.']);
  const both = ['First.', 'Second.'].map((preamble) => ({ name: 'look', arguments: { preamble, order_id: '1' } }));
  await using two = await createWorld({
    rules: [{ when: { afterTool: true }, reply: { text: 'Here.' } }, { reply: { calls: both } }],
    agent: { tools: [look()] },
  });
  assert.deepEqual(said((await play(two)).events, '1-1'), ['First.']);
});

test('preamble: one that stands in the middle of the arguments is spoken when they are complete', async () => {
  const rules = asks('{"order_id":"7","preamble":"Let me see."}');
  await using world = await createWorld({ rules, agent: { tools: [look()] } });
  assert.deepEqual(said((await play(world)).events, '1-1'), ['Let me see.']);
});

test('preamble: one of 2,000 characters is cut at a word', async () => {
  const rules = asks({ preamble: 'word '.repeat(400), order_id: '7' });
  await using world = await createWorld({ rules, agent: { tools: [look()] } });
  const text = said((await play(world)).events, '1-1').join(' ');
  assert.ok(text.length > 100 && text.length <= 240);
  assert.match(text, /word$/);
});

test('preamble: a tool that forces one has a phrase where the model gave none, and one that has it off is silent', async () => {
  const rules = asks({ preamble: '', order_id: '7' });
  await using forced = await createWorld({ rules, agent: { tools: [look({ preamble: { force: 'Bear with me.' } })] } });
  assert.deepEqual(said((await play(forced)).events, '1-1'), ['Bear with me.']);
  await using off = await createWorld({
    rules: asks({ order_id: '7' }),
    agent: { tools: [look({ preamble: 'off' })] },
  });
  const { events } = await play(off);
  assert.deepEqual(said(events, '1-1'), []);
  assert.ok(!JSON.stringify(off.scripted.requests.chat.all[0]?.body.tools).includes('preamble'));
});

test('model: text after its calls belongs to the same speech', async () => {
  const rules: ScriptRule[] = [
    { when: { afterTool: true }, reply: { text: 'Here it is.' } },
    { reply: { text: 'Right away.', calls: [{ name: 'look', arguments: { preamble: 'No.', order_id: '7' } }] } },
  ];
  await using world = await createWorld({ rules, agent: { tools: [look()] } });
  assert.deepEqual(said((await play(world)).events, '1-1'), ['Right away.']);
});

test('greeting: a turn without input says it, and asks no model', async () => {
  await using world = await createWorld({ agent: { greeting: 'Good day. How can I help?' } });
  const turn = await world.startGreeting();
  const { items, outcome } = await turn.result();
  assert.equal(outcome, 'answered');
  assert.deepEqual(items, [
    {
      type: 'speech',
      speech: '1-1',
      kind: 'answer',
      text: 'Good day. How can I help?',
      heardText: 'Good day. How can I help?',
    },
  ]);
  assert.equal(world.scripted.requests.chat.all.length, 0);
});
