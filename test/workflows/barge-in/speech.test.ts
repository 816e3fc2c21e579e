import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interrupt, Interrupted } from '../../../contract/barge-in.ts';
import { interrupt } from '../../../contract/messages.ts';
import type { ScriptRule } from '../../../providers/scripted/script.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { act } from './act.ts';
import { assertNothingLeft, Caller, countTimers, heard, sentNext, told, ticks, when } from './caller.ts';

// What is true of a turn whose words were cut at an exact instant. The scripted voice takes 55 ms a character.

const MS_PER_CHARACTER = 55;
const FIRST = 'Your parcel has left the warehouse.';
const SECOND = 'It will be with you on Friday.';
const BOTH = `${FIRST} ${SECOND}`;
const rules: ScriptRule[] = [{ reply: { text: BOTH } }];

test('barge-in before home has taken the first step: nothing is said, and no model is asked', async () => {
  const caller = new Caller();
  await using world = await caller.enter({ rules });
  const before = countTimers();
  const starting = world.start('Hello', { modality: 'audio' });
  const { answer, recorded } = caller.speak();
  const turn = await starting;
  const { outcome, items } = await turn.result();
  await recorded;
  assert.equal(outcome, 'interrupted');
  assert.deepEqual(answer, { interrupted: true, heardText: '' });
  assert.deepEqual(items, [{ type: 'user', text: 'Hello' }]);
  assert.equal(world.scripted.requests.chat.all.length, 0);
  assert.equal(world.scripted.requests.speech.all.length, 0);
  assert.deepEqual(told(await sentNext(world, items)), []);
  await assertNothingLeft(world, before);
});

test('barge-in before the first token: nothing was said, and the model is not asked again', async () => {
  const caller = new Caller();
  const { result, items, answers, asked, sent } = await caller.play({
    rules: [{ reply: { text: FIRST }, failure: { kind: 'hang' } }],
    during: async (_, world) => {
      await world.scripted.requests.chat.arrival(1);
      caller.speak();
    },
  });
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(items, [{ type: 'user', text: 'Hello' }]);
  assert.deepEqual(answers, [{ interrupted: true, heardText: '' }]);
  assert.equal(asked, 1);
  assert.deepEqual(told(sent), []);
});

for (const [when, rule, text] of [
  ['and the model is done', { reply: { text: FIRST } }, FIRST],
  ['and the model still writes', { reply: { text: BOTH }, failure: { kind: 'hang', afterTokens: 7 } }, `${FIRST} It`],
] as const) {
  test(`barge-in before the first frame, ${when}: what it wrote is in the record, and was never said`, async () => {
    const caller = new Caller();
    const { result, items, events, answers, sent } = await caller.play({
      rules: [rule],
      failures: [{ endpoint: 'speech', kind: 'hang' }],
      during: async (_, world) => {
        await world.scripted.requests.speech.arrival(1);
        caller.speak();
      },
    });
    assert.equal(result.outcome, 'interrupted');
    const words = { speech: '1-1', kind: 'answer', text, heardText: '', interrupted: true };
    assert.deepEqual(items.slice(1), [{ type: 'speech', ...words }]);
    assert.deepEqual(answers, [{ interrupted: true, heardText: '' }]);
    assert.ok(!events.some((event) => event.type.startsWith('speech.')));
    assert.deepEqual(told(sent), []);
  });
}

test('barge-in between two sentences: the first one was heard, the second one was not', async () => {
  const heardMs = FIRST.length * MS_PER_CHARACTER;
  const caller = new Caller({ at: when('speech.sentence', { index: 1 }), asked: { speech: '1-1', heardMs } });
  const { result, items, events, answers, sent } = await caller.play({ rules });
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(heard(items), { '1-1': FIRST });
  assert.deepEqual(answers, [{ interrupted: true, heardText: FIRST }]);
  assert.ok(!events.some((event) => event.type === 'speech.audio' && event.index === 1));
  assert.deepEqual(told(sent), [FIRST]);
});

test('barge-in in the middle of a word: what was heard ends with the word before it', async () => {
  const heardMs = FIRST.indexOf('cel has') * MS_PER_CHARACTER;
  const caller = new Caller({ at: when('speech.sentence', { index: 1 }), asked: { speech: '1-1', heardMs } });
  const { result, items, events, answers, sent } = await caller.play({ rules });
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(heard(items), { '1-1': 'Your' });
  assert.deepEqual(answers, [{ interrupted: true, heardText: 'Your' }]);
  const cut = events.find((event) => event.type === 'speech.cut');
  assert.equal(cut?.heardText, 'Your');
  assert.equal(cut?.heardMs, heardMs);
  assert.deepEqual(told(sent), ['Your']);
});

test('barge-in by the server clock: whole words of what had begun to play were heard, and none of what had not', async () => {
  const caller = new Caller({ at: when('speech.sentence', { index: 1 }) });
  const { items, answers, sent } = await caller.play({ rules });
  const { '1-1': words = '' } = heard(items);
  // The second sentence is published 150 ms before the first one ends, and may be published later.
  assert.match(words, /^Your parcel has left the( warehouse\.)?$/);
  assert.deepEqual(answers, [{ interrupted: true, heardText: words }]);
  assert.deepEqual(told(sent), [words]);
});

test('barge-in twice in the same tick: the second one is told the same, and changes nothing', async () => {
  const heardMs = FIRST.length * MS_PER_CHARACTER;
  const moment = when('speech.sentence', { index: 1 });
  const caller = new Caller({ asked: { speech: '1-1', heardMs } });
  const { result, items, events, answers, sent } = await caller.play({
    rules,
    onPublish: (event) => {
      if (!moment(event)) return;
      for (const id of ['one', 'other', 'one']) caller.speak(id);
    },
  });
  const truth = { interrupted: true, heardText: FIRST };
  assert.deepEqual(answers, [truth, truth, truth]);
  assert.equal(result.outcome, 'interrupted');
  assert.deepEqual(heard(items), { '1-1': FIRST });
  assert.equal(events.filter((event) => event.type === 'turn.interrupted').length, 1);
  assert.equal(events.filter((event) => event.type === 'speech.cut').length, 1);
  assert.deepEqual(told(sent), [FIRST]);
});

test('barge-in at the instant at which the last speech ends by itself: it was answered, and all was heard', async () => {
  const caller = new Caller({ at: when('speech.finished') });
  const { result, items, events, answers, sent } = await caller.play({
    rules: [{ reply: { text: 'It has shipped.' } }],
  });
  assert.equal(result.outcome, 'answered');
  assert.deepEqual(heard(items), { '1-1': 'It has shipped.' });
  assert.deepEqual(answers, [{ interrupted: false, heardText: 'It has shipped.' }]);
  assert.ok(!events.some((event) => event.type === 'turn.interrupted' || event.type === 'speech.cut'));
  assert.deepEqual(told(sent), ['It has shipped.']);
});

test('barge-in in any tick around the end: the record says what the caller was told at once', async () => {
  const caller = new Caller();
  let count = 0;
  const isLastSentence = when('speech.sentence', { index: 1 });
  const onPublish = (event: NewEvent): void => {
    if (isLastSentence(event)) void ticks(count).then(() => caller.speak(`after ${count}`));
  };
  await using world = await caller.enter({ rules, onPublish });
  const outcomes = new Set<string>();
  for (count of [0, 1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32]) {
    const turn = await world.start('Hello', { number: count + 1 });
    const { outcome, items } = await turn.result();
    const answer = caller.answers.at(-1);
    assert.deepEqual(answer, { interrupted: outcome === 'interrupted', heardText: heard(items)['1-1'] ?? '' });
    outcomes.add(outcome);
  }
  assert.deepEqual([...outcomes].toSorted(), ['answered', 'interrupted']);
});

test('barge-in in a preamble whose answer is queued: what was heard of the preamble is told by answer, event and record', async () => {
  const heardMs = 'Your parcel'.length * MS_PER_CHARACTER;
  const caller = new Caller({ at: when('step.finished', { step: 'think:2' }), asked: { speech: '1-1', heardMs } });
  const told: Interrupted[] = [];
  const { events, items, answers, turn } = await caller.play({
    rules: [
      { when: { afterTool: true }, reply: { text: BOTH } },
      { reply: { text: FIRST, calls: [{ name: 'act', arguments: {} }] } },
    ],
    agent: { tools: [act({ preamble: 'off' }).tool] },
    during: async ({ handle, live }) => {
      await live.closed;
      told.push(
        await handle.executeUpdate<Interrupted, [Interrupt]>(interrupt, { args: [{ id: 'stop' }], updateId: 'stop' }),
      );
    },
  });
  const truth = { interrupted: true, heardText: 'Your parcel' };
  assert.deepEqual([answers, told], [[truth], [truth]]);
  assert.deepEqual(heard(items), { '1-1': 'Your parcel', '2-1': '' });
  const [event] = events.filter(({ type }) => type === 'turn.interrupted');
  assert.deepEqual(event && { ...event, seq: 0, atMs: 0 }, {
    ...{ type: 'turn.interrupted', seq: 0, atMs: 0, speech: '1-1' },
    ...{ heardMs, heardText: 'Your parcel' },
  });
  assert.equal(turn.live.bargeIn?.said.length, 2);
});
