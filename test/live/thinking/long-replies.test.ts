import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTool } from 'legato';
import { z } from 'zod';
import { MAX_CALLS_CHARS } from '../../../live/thinking/reply-calls.ts';
import { MAX_WORDS_CHARS } from '../../../live/thinking/round-words.ts';
import type { LanguageModel, ModelChunk, ModelRequest } from '../../../providers/model.ts';
import { countWork } from './counted-work.ts';
import { playAtHome } from '../home-turn.ts';

const TOOL = defineTool({
  name: 'find_order',
  description: 'Finds an order',
  input: z.object({ order: z.string().optional() }),
  effect: 'read',
  run: ({ order }) => order?.length ?? 0,
});

const argumentsIn = (pieces: readonly string[]): ModelChunk[] =>
  pieces.map((text) => ({ type: 'call', index: 0, name: 'find_order', arguments: text }));
const wordsIn = (pieces: readonly string[]): ModelChunk[] => pieces.map((text) => ({ type: 'text', text }));

/** Kinds of replies that a model sends in so many pieces. */
const replies: readonly [kind: string, pieces: (count: number) => readonly ModelChunk[]][] = [
  ['white space in arguments', (count) => argumentsIn(['{', ...Array<string>(count).fill(' '), '}'])],
  ['white space after arguments', (count) => argumentsIn(['{}', ...Array<string>(count).fill(' ')])],
  ['braces in an argument', (count) => argumentsIn(['{"order":"', ...Array<string>(count).fill('}'), '"}'])],
  ['an escape that never ends', (count) => argumentsIn(['{"preamble":"\\', ...Array<string>(count).fill('u')])],
  ['words without an end', (count) => wordsIn(Array<string>(count).fill('so '))],
  ['full stops', (count) => wordsIn(Array<string>(count).fill('. '))],
  ['decimals', (count) => wordsIn(Array<string>(count).fill('1.'))],
  ['white space for words', (count) => wordsIn(['So', ...Array<string>(count).fill(' ')])],
  ['initials in one piece', (count) => wordsIn(['a. '.repeat(count)])],
  ['beginnings of marks', (count) => wordsIn(Array<string>(count).fill('<'))],
  ['beginnings of marks in one piece', (count) => wordsIn(['<t'.repeat(count)])],
  ['characters', (count) => wordsIn(Array<string>(count).fill('a'))],
];

function modelOf(pieces: readonly ModelChunk[]): LanguageModel {
  let asked = 0;
  return {
    async *reply() {
      asked += 1;
      yield* await Promise.resolve(asked === 1 ? pieces : [{ type: 'text' as const, text: 'That is all.' }]);
    },
  };
}

async function workOn(pieces: readonly ModelChunk[]): Promise<number> {
  return countWork(async () => {
    await using home = playAtHome({ agent: { tools: [TOOL] }, model: modelOf(pieces) });
    await home.until(() => home.turn.played.rounds.length > 0);
  });
}

for (const [kind, pieces] of replies) {
  test(`long replies: work on ${kind} grows with the reply, and not with its square`, async () => {
    const few = await workOn(pieces(2_000));
    const many = await workOn(pieces(8_000));
    assert.ok(many < 6 * few, `${many} characters were read of a reply four times as long, ${few} of the short one`);
  });
}

test('long replies: of a piece that is longer than a round may be no more is looked at than may be said', async () => {
  const few = await workOn(wordsIn(['<'.repeat(2 * MAX_WORDS_CHARS)]));
  const many = await workOn(wordsIn(['<'.repeat(20 * MAX_WORDS_CHARS)]));
  assert.ok(many < 2 * few, `${many} characters were read of ten times as many, ${few} of the others`);
});

/** A model that asks for this first, and answers when it is told how that went. */
async function play(first: readonly ModelChunk[]) {
  const requests: ModelRequest[] = [];
  const model = modelOf(first);
  const listening: LanguageModel = {
    reply(request, signal) {
      requests.push(request);
      return model.reply(request, signal);
    },
  };
  await using home = playAtHome({ agent: { tools: [TOOL] }, model: listening });
  await home.until(() => home.turn.played.finished);
  const [, second] = requests;
  const told = second?.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : [])) ?? [];
  return { told, rounds: home.turn.played.rounds, outcome: home.turn.played.ending };
}

test('long replies: arguments beyond the limit of a reply end it, are not kept, and the model is told', async () => {
  const endless = Array<string>(MAX_CALLS_CHARS + 1).fill('a');
  const { told, rounds, outcome } = await play(argumentsIn(['{"order":"', ...endless, '"}']));
  assert.match(
    told[0] ?? '',
    /"invalid_arguments","message":"The arguments of one reply are at most 65536 characters; send less"/,
  );
  assert.equal(outcome, 'answered');
  assert.ok(JSON.stringify(rounds).length < 4_000);
});

test('long replies: white space after whole arguments ends the reply at its limit, and the call is made', async () => {
  const { told } = await play(argumentsIn(['{"order":"4002"}', ' '.repeat(MAX_CALLS_CHARS), '}']));
  assert.deepEqual(told, ['4']);
});

test('long replies: words beyond the limit of a round end the reply, and those before it are said', async () => {
  const { rounds, outcome } = await play(wordsIn([...Array<string>(MAX_WORDS_CHARS / 2).fill('a b '), 'never']));
  assert.equal(rounds[0]?.speeches[0]?.text.length, MAX_WORDS_CHARS);
  assert.equal(outcome, 'answered');
});

test('long replies: arguments that are nested too deep are a fault that the model is told', async () => {
  const { told, outcome } = await play(argumentsIn([`{"order":${'['.repeat(20_000)}${']'.repeat(20_000)}}`]));
  assert.match(told[0] ?? '', /nested deeper than 100 levels; send a flatter object/);
  assert.equal(outcome, 'answered');
});
