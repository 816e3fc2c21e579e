import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interrupted } from '../../../contract/barge-in.ts';
import { interrupt } from '../../../contract/messages.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import type { StartedTurn } from '../../world.ts';
import { act, hold } from './act.ts';
import { assertNothingLeft, Caller, countTimers, heard, sentNext, settled, told } from './caller.ts';

// What a tool's `onBargeIn` says, and that it is the same whichever way the caller's words come.

const STEP = 'tool:1:0:act';
const ANSWER = 'All of it is done.';
const rules: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: ANSWER } },
  { when: { user: 'Hello' }, reply: { calls: [{ name: 'act', arguments: {} }] } },
  { reply: { text: 'Of course.' } },
];
/** A gate, open as nothing is said, keeps a read from running while the model still writes. */
const silently = { preamble: 'off', start: 'after_speech_starts' } as const;

test("onBargeIn: a read with 'continue' ends unheard, and what it found is in the record", async () => {
  const caller = new Caller();
  const { run, begun, end } = hold();
  const { tool, runs } = act({ ...silently, onBargeIn: 'continue' }, run);
  const { result, items, answers, asked, sent } = await caller.play({
    rules,
    agent: { tools: [tool] },
    during: async () => {
      const signal = await begun;
      caller.speak();
      assert.equal(signal.aborted, false);
      end();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 1);
  assert.deepEqual(answers, [{ interrupted: true, heardText: '' }]);
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  assert.deepEqual(heard(items), {});
  assert.equal(asked, 1);
  assert.deepEqual(told(sent), ['act({})', 'done']);
});

for (const effect of ['read', 'write'] as const) {
  test(`onBargeIn: a ${effect} with 'block' ends, and the turn still gives its answer`, async () => {
    const caller = new Caller();
    const { run, begun, end } = hold();
    const { tool, runs } = act({ ...silently, effect, onBargeIn: 'block' }, run);
    const { result, items, asked, sent } = await caller.play({
      rules,
      agent: { tools: [tool] },
      during: async () => {
        const signal = await begun;
        caller.speak('one');
        caller.speak('other');
        assert.equal(signal.aborted, false);
        end();
      },
    });
    assert.equal(result.outcome, 'answered');
    assert.equal(runs(), 1);
    assert.deepEqual(settled(items), { [STEP]: 'ok' });
    assert.deepEqual(heard(items), { '2-1': ANSWER });
    assert.equal(asked, 2);
    assert.deepEqual(told(sent), ['act({})', 'done', ANSWER]);
  });
}

test("onBargeIn: a turn that is opened while one with 'block' goes on speaks after that one's answer", async () => {
  const spoken: { turn: string; type: string }[] = [];
  const onPublish = ({ type }: NewEvent, turn: string): void => {
    if (type.startsWith('speech.')) spoken.push({ turn, type });
  };
  const { run, begun, end } = hold();
  const { tool, runs } = act({ ...silently, effect: 'write', onBargeIn: 'block' }, run);
  await using world = await new Caller().enter({ rules, agent: { tools: [tool] }, onPublish });
  const before = countTimers();
  const first = await world.start('Hello', { modality: 'audio' });
  await begun;
  world.turns.interruptAll(first.live.start.conversationId);
  const second = await world.start('Wait', { modality: 'audio', number: 2, items: first.live.ownItems });
  end();
  const results = await Promise.all([first.result(), second.result()]);
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['answered', 'answered'],
  );
  assert.deepEqual(
    results.map(({ items }) => Object.values(heard(items))),
    [[ANSWER], ['Of course.']],
  );
  assert.equal(runs(), 1);
  const turns = spoken.map(({ turn }) => turn);
  assert.equal(turns.lastIndexOf(first.id) + 1, turns.indexOf(second.id));
  assert.equal(spoken.findLast(({ turn }) => turn === first.id)?.type, 'speech.finished');
  await assertNothingLeft(world, before);
});

/** From a service or an operator: Temporal hears of it first, and home cuts. */
const ways: Readonly<Record<string, (turn: StartedTurn) => Promise<unknown>>> = {
  'the signal': ({ handle }) => handle.signal(interrupt, { id: 'x' }),
  'the update without a cut': async ({ handle }) => {
    const told = await handle.executeUpdate<Interrupted, [{ id: string }]>(interrupt, { args: [{ id: 'x' }] });
    assert.deepEqual(told, { interrupted: true, heardText: 'One moment.' });
  },
  'cancelling the workflow': ({ handle }) => handle.cancel(),
  'an interrupt at home': async ({ live }) => live.interrupt({ id: 'x' }).recorded,
};

const saidFirst: ScriptRule[] = [
  { when: { afterTool: true }, reply: { text: ANSWER } },
  { when: { user: 'Hello' }, reply: { text: 'One moment.', calls: [{ name: 'act', arguments: {} }] } },
];

for (const [way, interrupt] of Object.entries(ways)) {
  test(`interrupt: ${way} aborts a read that has begun, and the turn ends unanswered`, async () => {
    const { run, begun } = hold();
    const { tool, runs } = act(silently, run);
    const { result, items, events, asked, sent } = await new Caller().play({
      rules: saidFirst,
      agent: { tools: [tool] },
      turn: { modality: 'text' },
      during: async (turn) => {
        const signal = await begun;
        await turn.live.voice.quiet;
        await interrupt(turn);
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
    });
    assert.equal(result.outcome, 'interrupted');
    assert.equal(runs(), 1);
    assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
    assert.deepEqual(heard(items), { '1-1': 'One moment.' });
    assert.equal(events.filter((event) => event.type === 'turn.interrupted').length, 1);
    assert.equal(asked, 1);
    assert.deepEqual(told(sent).slice(0, 2), ['One moment.', 'act({})']);
  });

  test(`interrupt: ${way} leaves a write that has begun to its end, and its result is in the record`, async () => {
    const { run, begun, end } = hold();
    const { tool, runs } = act({ effect: 'write' }, run);
    const { result, items, asked, sent } = await new Caller().play({
      rules: saidFirst,
      agent: { tools: [tool] },
      turn: { modality: 'text' },
      during: async (turn, world) => {
        const signal = await begun;
        await turn.live.voice.quiet;
        await interrupt(turn);
        for await (const event of world.stream.subscribe(turn.id)) if (event.type === 'turn.interrupted') break;
        assert.equal(signal.aborted, false);
        end();
      },
    });
    assert.equal(result.outcome, 'interrupted');
    assert.equal(runs(), 1);
    assert.deepEqual(settled(items), { [STEP]: 'ok' });
    assert.equal(asked, 1);
    assert.deepEqual(told(sent), ['One moment.', 'act({})', 'done']);
  });
}

test('interrupt: a turn whose block is cut again by Temporal says its answer all the same, and the answer may be cut', async () => {
  const caller = new Caller();
  const { run, begun, end } = hold();
  const { tool, runs } = act({ ...silently, effect: 'write', onBargeIn: 'block' }, run);
  await using world = await caller.enter({ rules, agent: { tools: [tool] } });
  const turn = await world.start('Hello', { modality: 'audio' });
  await begun;
  const first = await turn.handle.executeUpdate(interrupt, { args: [{ id: 'first' }] });
  assert.deepEqual(first, turn.live.interrupt({ id: 'first' }).answer);
  assert.deepEqual(first, { interrupted: true, heardText: '' });
  end();
  for await (const event of world.stream.subscribe(turn.id)) if (event.type === 'speech.started') break;
  await turn.handle.executeUpdate(interrupt, { args: [{ id: 'second' }] });
  const { outcome, items } = await turn.result();
  assert.equal(outcome, 'interrupted');
  assert.equal(runs(), 1);
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  const { '2-1': words = '' } = heard(items);
  assert.ok(ANSWER.startsWith(words));
  assert.deepEqual(told(await sentNext(world, items)), ['act({})', 'done', ...(words ? [words] : [])]);
});
