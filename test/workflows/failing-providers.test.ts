import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TurnResult } from '../../contract/turn.ts';
import { asPcm, emptyAnswer } from '../../providers/scripted/voice/speech-dialects.ts';
import { runsAhead } from '../run-ahead.ts';
import { createWorld } from '../world.ts';
import { failureOf } from './turn-end.ts';

const hello = [{ reply: { text: 'Hello there. How can I help?' } }] as const;

test('turn: a model that fails once is asked once more at once, and the caller notices nothing', async () => {
  await using world = await createWorld({ rules: hello });
  world.scripted.failNext({ endpoint: 'chat', kind: 'status', status: 500, times: 1 });
  const { outcome, items } = await (await world.start('Hi')).result();
  assert.equal(outcome, 'answered');
  assert.equal(items.length, 2);
  assert.equal(world.scripted.requests.chat.all.length, 2);
});

test('turn: a model that stays down ends the turn with the apology and as a failed workflow that operators find', async () => {
  await using world = await createWorld({ rules: hello, agent: { apology: 'So sorry.' } });
  world.scripted.failNext({ endpoint: 'chat', kind: 'status', status: 500, times: 2 });
  const turn = await world.start('Hi');
  const failure = await failureOf(turn);
  assert.equal(failure.type, 'Turn.ModelFailed');
  assert.match(failure.message, /think:1.*500/s);
  const result = failure.details?.[0] as TurnResult;
  assert.equal(result.outcome, 'failed');
  assert.deepEqual(result.items.at(-1), {
    type: 'speech',
    speech: '1-2',
    kind: 'apology',
    text: 'So sorry.',
    heardText: 'So sorry.',
  });
  const { searchAttributes } = await turn.handle.describe();
  assert.deepEqual(searchAttributes['LegatoOutcome'], ['failed']);
  assert.deepEqual(searchAttributes['LegatoFailedStep'], ['think:1']);
  const finished = (await turn.events).at(-1);
  assert.equal(finished?.type === 'turn.finished' && finished.outcome, 'failed');
});

test('turn: a model that hangs is given up, asked once more, and then apologised for', async () => {
  await using world = await createWorld({ rules: hello, agent: { modelTimeoutMs: 100 } });
  world.scripted.failNext({ endpoint: 'chat', kind: 'hang', times: 2 });
  const failure = await failureOf(await world.start('Hi'));
  assert.match(failure.message, /silent for 50 ms/);
});

test('turn: a model whose stream breaks in mid-sentence is asked to go on from the words that were heard', async () => {
  await using world = await createWorld({
    rules: [{ when: { round: 1 }, reply: { text: 'Hello there. How can I help?' } }],
  });
  world.scripted.failNext({ endpoint: 'chat', kind: 'broken_stream', afterTokens: 3, times: 1 });
  const { outcome } = await (await world.start('Hi')).result();
  assert.equal(outcome, 'answered');
  const [first, second] = world.scripted.requests.chat.all.map((request) => request.body.messages);
  const said = second?.at(-2);
  assert.equal(said?.role, 'assistant');
  assert.ok('Hello there. How can I help?'.startsWith(String(said?.content)));
  assert.equal(second?.length, (first?.length ?? 0) + 2);
});

test('turn: a voice that is down becomes text, and the turn goes on as degraded', async () => {
  await using world = await createWorld({ rules: hello });
  world.scripted.failNext({ endpoint: 'speech', kind: 'status', status: 503, times: 10 });
  const turn = await world.start('Hi', { modality: 'audio' });
  const { outcome, degraded, items } = await turn.result();
  assert.equal(outcome, 'answered');
  assert.equal(degraded, true);
  const [{ reply }] = hello;
  const words = { speech: '1-1', kind: 'answer', text: reply.text, heardText: '' };
  assert.deepEqual(items.at(-1), { type: 'speech', ...words, degraded: true });
  const events = await turn.events;
  assert.equal(events.filter((event) => event.type === 'speech.sentence').length, 2);
  assert.equal(events.filter((event) => event.type === 'speech.audio').length, 0);
  const finished = events.at(-1);
  assert.equal(finished?.type === 'turn.finished' && finished.degraded, true);
});

test('turn: a sentence that the voice refuses is text and not heard in the record, and the others are heard', async () => {
  const text = 'The new one is out! 🎉 Shall I order it? It costs 10 euros.';
  await using world = await createWorld({ rules: [{ reply: { text } }] });
  world.scripted.script.refusesSpeech = ({ input }) => (input.includes('out') ? { status: 400 } : undefined);
  const turn = await world.start('Hi', { modality: 'audio' });
  const { outcome, degraded, items } = await turn.result();
  assert.deepEqual([outcome, degraded], ['answered', true]);
  const spoken = items.at(-1);
  assert.ok(spoken?.type === 'speech');
  assert.deepEqual([spoken.text, spoken.degraded], [text, true]);
  assert.match(spoken.heardText, /^(?:🎉 )?Shall I order it\? It costs 10 euros\.$/);
});

test('turn: a voice that answers without a byte is asked once more, and then what it says is text', async () => {
  await using world = await createWorld({ rules: hello });
  world.scripted.script.speech = [emptyAnswer, asPcm];
  const first = await (await world.start('Hi', { modality: 'audio' })).result();
  assert.equal(first.degraded, false);
  world.scripted.script.speech = emptyAnswer;
  const turn = await world.start('Hi', { modality: 'audio' });
  const { degraded, items } = await turn.result();
  assert.equal(degraded, true);
  assert.deepEqual(items.at(-1)?.type === 'speech' && items.at(-1), {
    ...{ type: 'speech', speech: '1-1', kind: 'answer', text: hello[0].reply.text },
    ...{ heardText: '', degraded: true },
  });
});

test('turn: a voice that hangs becomes text', async () => {
  await using world = await createWorld({ rules: hello, voicePatienceMs: 100 });
  world.scripted.failNext({ endpoint: 'speech', kind: 'hang', times: 2 });
  const { degraded } = await (await world.start('Hi', { modality: 'audio' })).result();
  assert.equal(degraded, true);
});

test('turn: one that home refused before its first step ends as abandoned, with nothing asked of the model (I8)', async () => {
  await using world = await createWorld({ rules: hello });
  const turn = await world.startRefused('Hi');
  const failure = await failureOf(turn);
  assert.equal(failure.type, 'Turn.Abandoned');
  assert.equal(world.scripted.requests.chat.all.length, 0);
  world.turns.forget(turn.id);
});

test('turn: one whose home died before its first step ends as abandoned (I8)', async () => {
  await using world = await createWorld({ rules: hello });
  const turn = await world.start('Hi', { home: 'legato-a-home-that-is-gone' });
  const failure = await failureOf(turn);
  assert.equal(failure.type, 'Turn.Abandoned');
  assert.equal(world.scripted.requests.chat.all.length, runsAhead ? 1 : 0);
  world.turns.forget(turn.id);
});
