import assert from 'node:assert/strict';
import { setImmediate as nextTick } from 'node:timers/promises';
import { test } from 'node:test';
import { z } from 'zod';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import { runsAhead } from '../../run-ahead.ts';
import { act, hold } from './act.ts';
import { Caller, heard, settled, told, ticks, until, when, whenPublished } from './caller.ts';

// What becomes of a call when the caller speaks at an exact instant of its life.

const STEP = 'tool:1:0:act';
const PREAMBLE = 'Let me do that for you.';
const ANSWER = 'All of it is done.';

const answers: ScriptRule = { when: { afterTool: true }, reply: { text: ANSWER } };
const rules: ScriptRule[] = [answers, { reply: { calls: [{ name: 'act', arguments: {} }] } }];
const withPreamble: ScriptRule[] = [
  answers,
  { reply: { calls: [{ name: 'act', arguments: { preamble: PREAMBLE } }] } },
];
/** A gate, open as nothing is said, keeps a read from running while the model still writes. */
const silently = { preamble: 'off', start: 'after_speech_starts' } as const;

for (const effect of ['read', 'write'] as const) {
  test(`barge-in one tick before a ${effect} begins: it never runs, and its call is cancelled`, async () => {
    const caller = new Caller({ at: when('step.started', { step: STEP }) });
    const { tool, runs } = act({ effect, ...silently });
    const { result, items, asked, sent } = await caller.play({ rules, agent: { tools: [tool] } });
    assert.equal(result.outcome, 'interrupted');
    assert.equal(runs(), 0);
    assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
    assert.equal(asked, 1);
    assert.equal(told(sent).length, 2);
  });
}

test('barge-in in the tick in which a read is announced: it is given an aborted signal, and nothing waits for it', async () => {
  const caller = new Caller({ at: when('tool.started') });
  let isAborted = false;
  const { tool, runs } = act(silently, async (signal) => {
    isAborted = signal.aborted;
    return new Promise(() => undefined);
  });
  const { result, items } = await caller.play({ rules, agent: { tools: [tool] } });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(isAborted, true);
  assert.equal(runs(), 1);
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
});

test('barge-in one tick after a read began: it is aborted, and its call is cancelled', async () => {
  const caller = new Caller();
  let isAborted = false;
  const { tool, runs } = act(silently, async (signal) => {
    caller.speak();
    isAborted = signal.aborted;
    return new Promise(() => undefined);
  });
  const { result, items, asked, sent } = await caller.play({ rules, agent: { tools: [tool] } });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(isAborted, true);
  assert.equal(runs(), 1);
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
  assert.equal(asked, 1);
  assert.match(told(sent).join(), /"kind":"cancelled"/);
});

test('barge-in in the tick in which a read has ended: what it found is in the record', async () => {
  const caller = new Caller({ at: when('tool.finished') });
  const { tool, runs } = act(silently);
  const { result, items, asked, sent } = await caller.play({ rules, agent: { tools: [tool] } });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 1);
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  assert.equal(asked, 1);
  assert.deepEqual(told(sent), ['act({})', 'done']);
});

const dropped =
  'barge-in while a read runs whose reply is still being written: both are dropped, and nothing of them is told';
test(dropped, { skip: !runsAhead }, async () => {
  const caller = new Caller();
  let signalOfRead: AbortSignal | undefined;
  const { tool, runs } = act({ preamble: 'off' }, async (signal) => {
    signalOfRead = signal;
    caller.speak();
    return new Promise(() => undefined);
  });
  const { result, items, sent } = await caller.play({ rules, agent: { tools: [tool] } });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 1);
  assert.equal(signalOfRead?.aborted, true);
  assert.deepEqual(settled(items), {});
  assert.deepEqual(told(sent), []);
});

test('barge-in one tick before the gate of a write opens: it never runs', async () => {
  const caller = new Caller();
  const { tool, runs } = act({ effect: 'write' });
  const { result, items } = await caller.play({
    rules: withPreamble,
    agent: { tools: [tool] },
    turn: { playout: 'client' },
    during: async (turn, world) => {
      await until(when('step.started', { step: STEP }), turn, world);
      await nextTick();
      turn.live.voice.get('1-1')?.report({ positionMs: 0, state: 'started' });
      caller.speak();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 0);
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
});

test('barge-in one tick after a write began: it ends, once, and the model learns of it', async () => {
  const caller = new Caller();
  let isAborted: boolean | undefined;
  const { tool, runs } = act({ effect: 'write' }, (signal) => {
    caller.speak();
    isAborted = signal.aborted;
    return 'done';
  });
  const { result, items, asked, sent } = await caller.play({ rules: withPreamble, agent: { tools: [tool] } });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(isAborted, false);
  assert.equal(runs(), 1);
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  assert.equal(asked, 1);
  assert.deepEqual(told(sent).slice(-2), ['act({})', 'done']);
});

for (const [when, before, after] of [
  ['one tick before', 0, 1],
  ['in the tick in which', 1, 0],
  ['some steps after', 1, 3],
  ['long after', 1, 12],
] as const) {
  test(`barge-in ${when} a write ends: it ran once, and its result is in the record`, async () => {
    const caller = new Caller();
    const { run, begun, end } = hold();
    const { tool, runs } = act({ effect: 'write', ...silently }, run);
    const { result, items, asked, sent } = await caller.play({
      rules,
      agent: { tools: [tool] },
      during: async () => {
        assert.equal((await begun).aborted, false);
        if (before === 0) caller.speak();
        end();
        await ticks(after);
        if (before > 0) caller.speak();
      },
    });
    assert.equal(result.outcome, 'interrupted');
    assert.equal(runs(), 1);
    assert.deepEqual(settled(items), { [STEP]: 'ok' });
    assert.equal(asked, 1);
    assert.deepEqual(told(sent), ['act({})', 'done']);
  });
}

test('barge-in while the gate of a write is closed: it never runs', async () => {
  const caller = new Caller();
  const { tool, runs } = act({ effect: 'write', start: 'after_speech' });
  const { result, items, events, sent } = await caller.play({
    rules: withPreamble,
    agent: { tools: [tool] },
    failures: [{ endpoint: 'speech', kind: 'hang', afterTokens: 4 }],
    during: async (turn, world) => {
      await until(when('step.started', { step: STEP }), turn, world);
      await until(whenPublished('1-1', 400), turn, world);
      await nextTick();
      caller.speak();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 0);
  assert.ok(!events.some((event) => event.type === 'tool.started'));
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
  assert.match(told(sent).join(), /"kind":"cancelled"/);
});

test('barge-in while a filler plays: as much of it as was heard is in the record, and none of it in the prompt', async () => {
  const caller = new Caller({ at: whenPublished('1-3', 800), asked: { speech: '1-3', heardMs: 700 } });
  const fillers = [{ afterMs: 0, say: 'Still looking for it.' }];
  const { tool, runs } = act({ ...silently, fillers }, async () => new Promise(() => undefined));
  const { result, items, answers, sent } = await caller.play({ rules, agent: { tools: [tool] } });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 1);
  // Of a sentence that is not made to its end, 70 ms are estimated for a character.
  assert.deepEqual(heard(items), { '1-3': 'Still' });
  assert.deepEqual(answers, [{ interrupted: true, heardText: 'Still' }]);
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
  assert.doesNotMatch(told(sent).join(), /Still|looking/);
});

test('barge-in while a filler plays that covers a slow model: what was heard of it is in the record, and no answer follows', async () => {
  const caller = new Caller({ at: whenPublished('1-1001', 800), asked: { speech: '1-1001', heardMs: 700 } });
  const { result, items, answers, asked, sent } = await caller.play({
    rules: [{ failure: { kind: 'hang' } }],
    agent: { fillers: [{ afterMs: 0, say: 'Still looking for it.' }] },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(asked, 1);
  assert.deepEqual(heard(items), { '1-1001': 'Still' });
  assert.deepEqual(answers, [{ interrupted: true, heardText: 'Still' }]);
  assert.doesNotMatch(told(sent).join(), /Still|looking/);
});

test('barge-in after the tool has ended and before its answer: the result is kept, and nothing is answered', async () => {
  const caller = new Caller();
  const { tool, runs } = act(silently);
  const { result, items, asked, sent } = await caller.play({
    rules: [{ ...answers, failure: { kind: 'hang' } }, ...rules],
    agent: { tools: [tool] },
    during: async (_, world) => {
      await world.scripted.requests.chat.arrival(2);
      caller.speak();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 1);
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  assert.deepEqual(heard(items), {});
  assert.equal(asked, 2);
  assert.deepEqual(told(sent), ['act({})', 'done']);
});

test('barge-in while the arguments of a call are half written: there is no call, and what was heard of its preamble stays', async () => {
  const caller = new Caller({ at: whenPublished('1-1', 700), asked: { speech: '1-1', heardMs: 600 } });
  const { tool, runs } = act({ effect: 'write', input: z.object({ note: z.string() }) });
  const args = { preamble: PREAMBLE, note: 'for the neighbour' };
  const preambleTokens = Math.ceil(JSON.stringify({ preamble: PREAMBLE }).length / 4);
  const { result, items, asked, sent } = await caller.play({
    rules: [
      {
        reply: { calls: [{ name: 'act', arguments: args }] },
        failure: { kind: 'hang', afterTokens: preambleTokens + 2 },
      },
    ],
    agent: { tools: [tool] },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 0);
  assert.deepEqual(settled(items), {});
  assert.deepEqual(heard(items), { '1-1': 'Let me' });
  assert.equal(asked, 1);
  assert.deepEqual(told(sent), ['Let me']);
});

test("barge-in in a retry's wait: there is no second attempt", async () => {
  const caller = new Caller();
  const { tool, runs } = act({ ...silently, retry: { attempts: 3, firstDelayMs: 5_000 } }, () => {
    setImmediate(() => caller.speak());
    throw new Error('The warehouse does not answer');
  });
  const { result, items, events, sent } = await caller.play({ rules, agent: { tools: [tool] } });
  assert.equal(result.outcome, 'interrupted');
  assert.equal(runs(), 1);
  assert.equal(events.filter((event) => event.type === 'tool.started').length, 1);
  assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
  assert.match(told(sent).join(), /"kind":"cancelled"/);
});
