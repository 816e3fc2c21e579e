import assert from 'node:assert/strict';
import { setImmediate as nextTick } from 'node:timers/promises';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import type { RequestView } from '../../../providers/scripted/request-view.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import type { ScriptedReply } from '../../../providers/scripted/scripted-reply.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { act, hold } from './act.ts';
import { resultOfCall } from '../../../turn/rounds.ts';
import {
  assertNothingLeft,
  Caller,
  countTimers,
  heard,
  sentNext,
  settled,
  told,
  until,
  when,
  withoutGaps,
} from './caller.ts';

// What callers notice when a barge-in goes wrong. Each test is named for the complaint.

const STEP = 'tool:1:0:act';
/** A gate, open as nothing is said, keeps a read from running while the model still writes. */
const silently = { preamble: 'off', start: 'after_speech_starts' } as const;
const acts: ScriptRule = { when: { user: 'Hello' }, reply: { calls: [{ name: 'act', arguments: {} }] } };

/** A model that places an order unless it sees that it has done so. */
function orderOnce({ messages }: RequestView): ScriptedReply {
  const hasOrdered = messages.some((message) => message.tool_calls?.some((call) => call.function.name === 'act'));
  return hasOrdered ? { text: 'It is taken care of.' } : { calls: [{ name: 'act', arguments: {} }] };
}

for (const isOver of [false, true]) {
  const state = isOver ? 'has ended since' : 'still runs';
  test(`complaint: orders placed twice because the result of an interrupted call was dropped — the order ${state}`, async () => {
    const caller = new Caller();
    const { run, begun, end } = hold();
    const { tool, runs } = act({ ...silently, effect: 'write' }, run);
    await using world = await caller.enter({ rules: [{ reply: orderOnce }], agent: { tools: [tool] } });
    const before = countTimers();
    const first = await world.start('Order it');
    await begun;
    caller.speak();
    if (isOver) {
      end();
      await first.live.closed;
    }
    const again = await world.start('Order it, I said', { number: 2, items: first.live.ownItems });
    assert.deepEqual(heard((await again.result()).items), { '1-1': 'It is taken care of.' });
    const sent = told(withoutGaps(world.scripted.requests.chat.last?.body.messages ?? []));
    assert.equal(sent[0], 'act({})');
    assert.match(sent[1] ?? '', isOver ? /^done$/ : /do not call it again/);
    end();
    const { outcome, items } = await first.result();
    assert.equal(outcome, 'interrupted');
    assert.deepEqual(settled(items), { [STEP]: 'ok' });
    assert.deepEqual(told(await sentNext(world, items)), ['act({})', 'done']);
    assert.equal(runs(), 1);
    await assertNothingLeft(world, before);
  });
}

for (const start of ['after_speech_starts', 'after_speech'] as const) {
  test(`complaint: a gate that opens on interruption and lets the payment through — ${start}`, async () => {
    const caller = new Caller();
    const { tool, runs } = act({ effect: 'write', start });
    const { result, items, events } = await caller.play({
      rules: [{ reply: { calls: [{ name: 'act', arguments: { preamble: 'I will pay that now.' } }] } }],
      agent: { tools: [tool] },
      failures: [{ endpoint: 'speech', kind: 'hang' }],
      during: async (turn, world) => {
        await until(when('step.started', { step: STEP }), turn, world);
        await nextTick();
        caller.speak();
      },
    });
    assert.equal(result.outcome, 'interrupted');
    assert.equal(runs(), 0);
    assert.ok(!events.some((event) => event.type === 'tool.started'));
    assert.deepEqual(settled(items), { [STEP]: 'cancelled' });
  });
}

test('complaint: a payment that came after the check it waited for, long after the caller had said stop', async () => {
  const caller = new Caller();
  const { run, begun, end } = hold();
  const { tool: check } = act({ ...silently, onBargeIn: 'continue' }, run);
  let payments = 0;
  const pay = defineTool({
    name: 'pay',
    description: 'Pays',
    input: z.object({}),
    effect: 'write',
    after: ['act'],
    ...silently,
    run: () => (payments += 1),
  });
  const calls = ['act', 'pay'].map((name) => ({ name, arguments: {} }));
  const { result, items, sent } = await caller.play({
    rules: [{ reply: { calls } }],
    agent: { tools: [check, pay] },
    during: async () => {
      await begun;
      caller.speak();
      end();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(settled(items), { [STEP]: 'ok', 'tool:1:1:pay': 'cancelled' });
  assert.match(told(sent).join(), /"kind":"cancelled"/);
  assert.equal(payments, 0);
});

test('complaint: a model that believes its unheard words were heard — the next request has what was heard, and no more', async () => {
  const heardMs = 'The code of your door is'.length * 55;
  const caller = new Caller({ at: when('speech.sentence', { index: 1 }), asked: { speech: '1-1', heardMs } });
  const text = 'The code of your door is 4711. Do not tell anybody.';
  const { items, sent } = await caller.play({ rules: [{ reply: { text } }] });
  assert.equal(items.find((item) => item.type === 'speech')?.text.includes('4711'), true);
  assert.deepEqual(told(sent), ['The code of your door is']);
  assert.doesNotMatch(JSON.stringify(sent), /4711|anybody/);
});

for (const [what, old] of [
  ['that was being said', { reply: { text: 'This is the old answer. It goes on and on.' } }],
  [
    'that was being written',
    { reply: { text: 'This is the old answer. It goes on and on.' }, failure: { kind: 'hang', afterTokens: 7 } },
  ],
] as const) {
  test(`complaint: an old answer spoken after the new one — one ${what}`, async () => {
    const spoken: string[] = [];
    const onPublish = ({ type }: NewEvent, turn: string): void => {
      if (type.startsWith('speech.')) spoken.push(turn);
    };
    const rules: ScriptRule[] = [{ when: { user: 'Other words' }, reply: { text: 'The new one.' } }, { ...old }];
    await using world = await new Caller().enter({ rules, onPublish });
    const before = countTimers();
    const first = await world.start('Hello', { modality: 'audio' });
    await until(when('speech.started'), first, world);
    world.turns.interruptAll(first.live.start.conversationId);
    const second = await world.start('Other words', { number: 2, modality: 'audio', items: first.live.ownItems });
    assert.equal((await second.result()).outcome, 'answered');
    assert.equal((await first.result()).outcome, 'interrupted');
    assert.equal(spoken.lastIndexOf(first.id) + 1, spoken.indexOf(second.id));
    await assertNothingLeft(world, before);
  });
}

test('complaint: an old answer spoken after the new one — one to a tool that ended meanwhile', async () => {
  const { run, begun, end } = hold();
  const { tool, runs } = act({ ...silently, effect: 'write' }, run);
  const rules: ScriptRule[] = [
    { when: { afterTool: true, user: 'Hello' }, reply: { text: 'The old answer.' } },
    acts,
    { reply: { text: 'The new one.' } },
  ];
  await using world = await new Caller().enter({ rules, agent: { tools: [tool] } });
  const before = countTimers();
  const first = await world.start('Hello', { modality: 'audio' });
  await begun;
  world.turns.interruptAll(first.live.start.conversationId);
  const second = await world.start('Other words', { number: 2, modality: 'audio', items: first.live.ownItems });
  await until(when('speech.started'), second, world);
  end();
  assert.equal((await second.result()).outcome, 'answered');
  const { outcome, items } = await first.result();
  assert.equal(outcome, 'interrupted');
  assert.deepEqual(heard(items), {});
  assert.ok(!(await first.events).some((event) => event.type.startsWith('speech.')));
  assert.equal(runs(), 1);
  assert.equal(world.scripted.requests.chat.all.length, 2);
  await assertNothingLeft(world, before);
});

test('complaint: seconds of dead air after an interruption — the new turn has spoken while the old write still runs', async () => {
  const { run, begun, end } = hold();
  const { tool, runs } = act({ ...silently, effect: 'write' }, run);
  const rules: ScriptRule[] = [acts, { reply: { text: 'At once.' } }];
  await using world = await new Caller().enter({ rules, agent: { tools: [tool] } });
  const before = countTimers();
  const first = await world.start('Hello', { modality: 'audio' });
  await begun;
  world.turns.interruptAll(first.live.start.conversationId);
  const second = await world.start('Something else', { number: 2, modality: 'audio', items: first.live.ownItems });
  // The write ends after the new turn's last word, and not before: a turn that waits for it hangs here.
  assert.equal((await second.result()).outcome, 'answered');
  assert.equal(resultOfCall(first.live.played, STEP), undefined);
  assert.ok((await second.events).some((event) => event.type === 'speech.audio'));
  end();
  const { outcome, items } = await first.result();
  assert.equal(outcome, 'interrupted');
  assert.deepEqual(settled(items), { [STEP]: 'ok' });
  assert.equal(runs(), 1);
  await assertNothingLeft(world, before);
});
