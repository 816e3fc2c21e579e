import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item } from '../../contract/items.ts';
import type { PlannedCall, RunnablePlan, Speech } from '../../contract/rounds.ts';
import { advance, beginTurn, isWorking } from '../../turn/advance.ts';
import { resultOf as settledAs } from '../../turn/call.ts';
import { transcript } from '../../turn/transcript.ts';
import { endsWithItsAnswer } from '../../turn/turn-end.ts';
import { playTurn, POLICY, resultOf, TERMS } from './played-turn.ts';
import type { ScriptedRound } from './played-turn.ts';
import { textInput } from '../text-input.ts';

const read = (name: string): RunnablePlan => ({ name, arguments: { id: '1' }, policy: POLICY });
const write = (name: string): PlannedCall => ({ name, arguments: {}, policy: { ...POLICY, effect: 'write' } });
const unknown: PlannedCall = { name: 'nope', arguments: {}, fault: { kind: 'unknown_tool', message: 'none' } };
const answer: ScriptedRound = { text: 'It is on its way.', calls: [] };
const kinds = (items: readonly { type: string }[]): string[] => items.map((item) => item.type);

test('advance: a reply without calls is the last round, and the turn ends when it was heard', () => {
  const { items, state, commands } = playTurn([{ text: 'Hello there.', calls: [] }]);
  assert.deepEqual(items, [
    { type: 'user', text: 'Hello' },
    { type: 'speech', speech: '1-1', kind: 'answer', text: 'Hello there.', heardText: 'Hello there.' },
  ]);
  assert.equal(state.ending, 'answered');
  assert.deepEqual(
    commands.map((command) => command.type),
    ['think', 'voice', 'finish'],
  );
});

test('advance: the transcript reads preamble, calls, results, answer', () => {
  const { items } = playTurn([{ text: 'One moment.', calls: [read('a'), read('b')] }, answer]);
  assert.deepEqual(kinds(items), ['user', 'speech', 'call', 'call', 'result', 'result', 'speech']);
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'call' ? [item.call] : [])),
    ['tool:1:0:a', 'tool:1:1:b'],
  );
});

test('advance: the next round begins when the last call is settled, not when the preamble has ended', () => {
  const thought = { type: 'thought', round: 1, text: 'One moment.', calls: [read('a'), read('b')] } as const;
  const { state: working } = advance(beginTurn(TERMS, textInput('Hello')).state, thought);
  const one = advance(working, { type: 'call_settled', call: 'tool:1:1:b', result: resultOf('b') });
  assert.deepEqual(one.commands, []);
  const both = advance(one.state, { type: 'call_settled', call: 'tool:1:0:a', result: resultOf('a') });
  assert.deepEqual(both.commands, [{ type: 'think', step: 'think:2', round: 2, mustAnswer: false }]);
});

test('advance: a result that comes twice settles its call once', () => {
  const thought = { type: 'thought', round: 1, text: '', calls: [read('a')] } as const;
  const { state: working } = advance(beginTurn(TERMS, textInput('Hello')).state, thought);
  const settled = advance(working, { type: 'call_settled', call: 'tool:1:0:a', result: resultOf('first') });
  const again = advance(settled.state, { type: 'call_settled', call: 'tool:1:0:a', result: resultOf('second') });
  assert.deepEqual(again, { state: settled.state, commands: [] });
});

test('advance: a call to an unknown tool is settled with its fault, and the model may try again', () => {
  const { items, commands } = playTurn([{ text: '', calls: [unknown] }, answer]);
  const result = items.find((item) => item.type === 'result');
  assert.deepEqual(result?.error, { kind: 'unknown_tool', message: 'none' });
  assert.equal(commands.filter((command) => command.type === 'call_tool').length, 0);
});

test('advance: after three rounds with faulty calls the model must answer', () => {
  const faulty = { text: '', calls: [unknown] };
  const { commands } = playTurn([faulty, faulty, faulty, answer]);
  const thinks = commands.flatMap((command) => (command.type === 'think' ? [command.mustAnswer] : []));
  assert.deepEqual(thinks, [false, false, false, true]);
});

test('advance: in the last round the model must answer, and calls it makes all the same are refused', () => {
  const greedy = { text: 'Wait.', calls: [read('a')] };
  const { items, commands, state } = playTurn(Array.from({ length: 9 }, () => greedy));
  const thinks = commands.flatMap((command) => (command.type === 'think' ? [command.mustAnswer] : []));
  assert.deepEqual(thinks, [false, false, false, false, false, true]);
  assert.equal(items.filter((item) => item.type === 'result').at(-1)?.error?.kind, 'rejected');
  assert.equal(state.ending, 'answered');
});

test('advance: the 17th call of a round is refused, and the first 16 run', () => {
  const calls = Array.from({ length: 18 }, (_, index) => read(`t${index}`));
  const { items, commands } = playTurn([{ text: '', calls }, answer]);
  assert.equal(commands.filter((command) => command.type === 'call_tool').length, 16);
  const errors = items.flatMap((item) => (item.type === 'result' && item.error ? [item.error.kind] : []));
  assert.deepEqual(errors, ['rejected', 'rejected']);
});

test('advance: a failed model call ends the turn with the apology, after the words said before it', () => {
  const { items, state } = playTurn([{ text: 'Well, I', calls: [], fails: true }]);
  assert.deepEqual(
    items.flatMap((item) => (item.type === 'speech' ? [[item.kind, item.text]] : [])),
    [
      ['answer', 'Well, I'],
      ['apology', 'Sorry.'],
    ],
  );
  assert.equal(state.ending, 'failed');
  assert.equal(state.failedStep, 'think:1');
});

test('advance: a reply with neither words nor calls fails the turn with the apology', () => {
  const { items, state } = playTurn([{ text: '  ', calls: [] }]);
  assert.deepEqual(kinds(items), ['user', 'speech']);
  assert.equal(state.ending, 'failed');
});

test('advance: at the deadline what is under way is cancelled, and home says what came of a write', () => {
  const thought = { type: 'thought', round: 1, text: '', calls: [read('a'), write('b')] } as const;
  const { state: working } = advance(beginTurn(TERMS, textInput('Hello')).state, thought);
  assert.equal(isWorking(working), true);
  const late = advance(working, { type: 'deadline_passed' });
  assert.deepEqual(late.commands, [
    { type: 'cancel', step: 'tool:1:0:a' },
    { type: 'cancel', step: 'tool:1:1:b' },
    { type: 'voice', step: 'voice:1:2', speech: '1-2', kind: 'apology', text: 'Sorry.' },
  ]);
  const errors = late.state.rounds.flatMap((round) => round.calls.map((call) => settledAs(call)?.error?.kind));
  assert.deepEqual(errors, ['cancelled', undefined]);
  assert.equal(late.state.ending, 'expired');
  assert.equal(isWorking(late.state), false);
  const said = advance(late.state, { type: 'voiced', speech: '1-2', voiced: { heardText: 'Sorry.', durationMs: 1 } });
  assert.deepEqual(said.commands, []);
  const result = { ok: true, result: 'booked', attempts: 1, durationMs: 1 };
  const over = advance(said.state, { type: 'call_settled', call: 'tool:1:1:b', result });
  assert.deepEqual(over.commands, [{ type: 'finish', outcome: 'expired' }]);
  assert.deepEqual(over.state.rounds[0]?.calls[1]?.state, { is: 'settled', result, wasStarted: true });
});

test('advance: words that a model call said before the deadline cancelled it stand before the apology', () => {
  const late = advance(beginTurn(TERMS, textInput('Hello')).state, { type: 'deadline_passed' });
  const said = advance(late.state, { type: 'thought', round: 1, text: 'I am', calls: [read('a')] });
  const heard = advance(said.state, { type: 'voiced', speech: '1-1', voiced: { heardText: 'I am', durationMs: 1 } });
  const over = advance(heard.state, { type: 'voiced', speech: '1-2', voiced: { heardText: 'Sorry.', durationMs: 1 } });
  assert.deepEqual(over.commands, [{ type: 'finish', outcome: 'expired' }]);
  assert.deepEqual(
    over.state.rounds[0]?.speeches.map((speech) => speech.text),
    ['I am', 'Sorry.'],
  );
  assert.deepEqual(over.state.rounds[0]?.calls, []);
});

test('advance: a model call that the deadline stops ends, though it tells of a cut from before that', () => {
  const block = { ...read('a'), policy: { ...POLICY, onBargeIn: 'block' as const } };
  const asked = advance(beginTurn(TERMS, textInput('Hello')).state, {
    type: 'thought',
    round: 1,
    text: '',
    calls: [block],
  });
  const bargeIn = { id: 'c', number: 1, settled: ['think:1'], begun: ['tool:1:0:a'], said: [], answers: true };
  const spoken = advance(asked.state, { type: 'interrupted', bargeIn });
  const result = { ok: true, result: 'found', attempts: 1, durationMs: 1 };
  const thinking = advance(spoken.state, { type: 'call_settled', call: 'tool:1:0:a', result });
  const late = advance(thinking.state, { type: 'deadline_passed' });
  const stopped = advance(late.state, { type: 'thought', round: 2, text: '', calls: [], bargeIn });
  const over = advance(stopped.state, {
    type: 'voiced',
    speech: '2-2',
    voiced: { heardText: 'Sorry.', durationMs: 1 },
  });
  assert.deepEqual(over.commands, [{ type: 'finish', outcome: 'expired' }]);
});

const filler = (speech: string): Speech => ({
  ...{ speech, kind: 'filler', text: 'One moment.' },
  voiced: { heardText: 'One moment.', durationMs: 1 },
});
const saidIn = (items: readonly Item[]): string[] =>
  items.map((item) => (item.type === 'speech' ? `${item.kind} ${item.speech}` : item.type));

test('advance: what was said while the model was asked stands before its words, and what was said by calls after them', () => {
  const spoken = [filler('1-1001'), filler('1-1002')];
  const thought = { type: 'thought', round: 1, text: 'Let me look.', calls: [read('a')], spoken } as const;
  const { state: working } = advance(beginTurn(TERMS, textInput('Hello')).state, thought);
  const result = { ...resultOf('a'), spoken: [filler('1-3')] };
  const { state } = advance(working, { type: 'call_settled', call: 'tool:1:0:a', result });
  assert.deepEqual(saidIn(transcript(textInput('Hello'), state.rounds)), [
    ...['user', 'filler 1-1001', 'filler 1-1002', 'preamble 1-1', 'call', 'filler 1-3', 'result'],
  ]);
});

test('advance: words that were said while the model was asked are no answer, and a failed turn keeps them', () => {
  const spoken = [filler('1-1001')];
  const silent = advance(beginTurn(TERMS, textInput('Hello')).state, {
    type: 'thought',
    round: 1,
    text: '',
    calls: [],
    spoken,
  });
  const failed = advance(beginTurn(TERMS, textInput('Hello')).state, {
    type: 'think_failed',
    round: 1,
    said: '',
    spoken,
  });
  for (const { state } of [silent, failed]) {
    assert.equal(state.ending, 'failed');
    assert.deepEqual(saidIn(transcript(textInput('Hello'), state.rounds)), ['user', 'filler 1-1001', 'apology 1-2']);
  }
});

test('advance: at the deadline what was said while the model was asked joins the apology', () => {
  const { state: late } = advance(beginTurn(TERMS, textInput('Hello')).state, { type: 'deadline_passed' });
  const cancelled = { type: 'thought', round: 1, text: '', calls: [], spoken: [filler('1-1001')] } as const;
  const { state } = advance(late, cancelled);
  assert.deepEqual(saidIn(transcript(textInput('Hello'), state.rounds)), ['user', 'filler 1-1001', 'apology 1-2']);
});

test('advance: a turn whose model was waited for with words ends with its answer all the same', () => {
  const thought = { type: 'thought', round: 1, text: 'Here it is.', calls: [], spoken: [filler('1-1001')] } as const;
  const { state: answering } = advance(beginTurn(TERMS, textInput('Hello')).state, thought);
  const voiced = { heardText: 'Here it is.', durationMs: 1 };
  const { state } = advance(answering, { type: 'voiced', speech: '1-1', voiced });
  assert.equal(endsWithItsAnswer(state), true);
});
