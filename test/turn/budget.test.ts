import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import type { Json } from '../../contract/items.ts';
import type { CallResult, PlannedCall } from '../../contract/rounds.ts';
import { advance, beginTurn, unbegunTurn } from '../../turn/advance.ts';
import { bytesLeft, fitState, fitStart, replyLimits, TURN_LIMIT_BYTES } from '../../turn/budget.ts';
import { resultOf } from '../../turn/call.ts';
import { jsonBytes } from '../../turn/json-bytes.ts';
import { transcript } from '../../turn/transcript.ts';
import { toRecordedState } from '../../turn/turn-record.ts';
import type { TurnCommand, TurnState } from '../../turn/turn-state.ts';
import { POLICY } from './played-turn.ts';
import { textInput } from '../text-input.ts';

const TERMS = { maxRounds: 100, apology: 'Sorry.' };
const call: PlannedCall = { name: 'list', arguments: { page: 1 }, policy: POLICY };
const ok = (result: Json): CallResult => ({ ok: true, result, attempts: 1, durationMs: 1 });
const settle = (state: TurnState, id: string, result: CallResult) =>
  advance(state, { type: 'call_settled', call: id, result });

interface Played {
  readonly rounds: number;
  /** How many calls each of them has. */
  readonly size: number;
  readonly resultOf: (id: string) => CallResult;
  /** In which order their results come. */
  readonly picks?: readonly number[];
}

function play({ rounds, size, resultOf, picks = [0] }: Played) {
  let { state, commands } = beginTurn(TERMS, textInput('Hello'));
  const seen: TurnCommand[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    seen.push(...commands);
    ({ state, commands } = advance(state, { type: 'thought', round, text: '', calls: Array(size).fill(call) }));
    const open = commands.flatMap((command) => (command.type === 'call_tool' ? [command.step] : []));
    for (let count = 0; open.length > 0; count += 1) {
      const [id = ''] = open.splice((picks[count % picks.length] ?? 0) % open.length, 1);
      ({ state, commands } = settle(state, id, resultOf(id)));
    }
  }
  return { state, commands: [...seen, ...commands] };
}

const textOf = (settled: CallResult | undefined): string => (typeof settled?.result === 'string' ? settled.result : '');
const resultsOf = ({ rounds }: TurnState) => rounds.flatMap((round) => round.calls.map(resultOf));

test('budget: results of a usual turn stay as they are', () => {
  const result = ok({ rows: 'x'.repeat(30_000) });
  const { state } = play({ rounds: 2, size: 4, resultOf: () => result });
  for (const settled of resultsOf(state)) assert.deepEqual(settled, result);
});

test('budget: any order of results gives one transcript, and never more than the limit', () => {
  const sizes = fc.array(fc.nat(33_000), { minLength: 1, maxLength: 8 });
  const picks = fc.array(fc.nat(40), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 16 }),
      sizes,
      picks,
      (rounds, size, ...more) => {
        const [lengths, order] = more;
        const lengthOf = (id: string): number => lengths[Number(id.split(':')[2]) % lengths.length] ?? 0;
        const resultOf = (id: string): CallResult => ok('é'.repeat(lengthOf(id) / 2));
        const one = play({ rounds, size, resultOf }).state;
        const other = play({ rounds, size, resultOf, picks: order }).state;
        assert.deepEqual(transcript(textInput('Hello'), other.rounds), transcript(textInput('Hello'), one.rounds));
        assert.ok(jsonBytes(one.rounds) <= TURN_LIMIT_BYTES);
      },
    ),
    { numRuns: 15 },
  );
});

test('budget: a result that is cut stands as text, with the size of the whole', () => {
  const { state } = play({ rounds: 1, size: 16, resultOf: () => ok({ rows: 'x'.repeat(31_000) }) });
  for (const settled of resultsOf(state)) {
    assert.ok(settled && jsonBytes(settled.result) < 16 * 1024);
    assert.match(textOf(settled), /^\{"rows":"x+… \[cut: the whole result has 31011 bytes, these are the first \d+\]$/);
    assert.equal(settled.cut?.bytes, 31_011);
  }
});

test('budget: a result that was cut by its tool keeps the size and digest of the whole', () => {
  const cut = { bytes: 10_000_000, sha256: 'abc' };
  const { state } = play({ rounds: 1, size: 16, resultOf: () => ({ ...ok('x'.repeat(32_768)), cut }) });
  for (const settled of resultsOf(state)) {
    assert.match(textOf(settled), /\[cut: the whole result has 10000000 bytes/);
    assert.deepEqual(settled?.cut, cut);
  }
});

test('budget: a result is the same whether it is fitted once or again', () => {
  const once = resultsOf(play({ rounds: 3, size: 16, resultOf: () => ok('x'.repeat(31_000)) }).state);
  let index = -1;
  const again = resultsOf(play({ rounds: 3, size: 16, resultOf: () => once[(index += 1)] ?? assert.fail() }).state);
  assert.deepEqual(again, once);
});

test('budget: in a turn without room the model must answer, and so it ends', () => {
  const { commands } = play({ rounds: 40, size: 16, resultOf: () => ok('x'.repeat(31_000)) });
  const thinks = commands.filter((command) => command.type === 'think');
  const last = thinks.findIndex(({ mustAnswer }) => mustAnswer);
  assert.ok(last > 3 && last < 12, `must answer in round ${last + 1}`);
});

test('budget: while there is room, a small result keeps what other calls need of it', () => {
  const small = { id: 'A-1', more: 'x'.repeat(1_500) };
  const resultOf = (id: string): CallResult => ok(id.startsWith('tool:4:') ? small : 'x'.repeat(31_000));
  const { state } = play({ rounds: 4, size: 16, resultOf });
  assert.deepEqual(resultsOf(state).at(-1)?.result, small);
});

test('budget: an error and its hint are cut with a note', () => {
  const error = { kind: 'failed', message: 'm'.repeat(9_000) } as const;
  const result: CallResult = { ok: false, error, guide: 'g'.repeat(9_000), attempts: 1, durationMs: 1 };
  const [settled] = resultsOf(play({ rounds: 1, size: 1, resultOf: () => result }).state);
  assert.match(settled?.error?.message ?? '', /^m{2048}… \[cut\]$/);
  assert.match(settled?.guide ?? '', /^g{2048}… \[cut\]$/);
});

test('budget: what a service lets a turn begin with is cut with a note, and shorter words are not', () => {
  const long = fitStart({
    ...{ input: textInput('x'.repeat(1_900_000)), context: 'y'.repeat(1_000_000), number: 1 },
    ...{ conversationContext: 'z'.repeat(1_000_000), traceparent: '0'.repeat(1_000_000), tracestate: 's' },
    terms: { deadlineMs: 1, maxRounds: 1, apology: 'a'.repeat(1_000_000), greeting: 'g'.repeat(1_000_000) },
    history: { deflated: 'h'.repeat(1_000_000) },
  });
  assert.match(long.input.text, /^x{65536}… \[cut\]$/);
  assert.match(long.context, /^y{65536}… \[cut\]$/);
  assert.match(long.conversationContext, /^z{65536}… \[cut\]$/);
  assert.match(long.traceparent, /^0{65536}… \[cut\]$/);
  assert.equal(long.tracestate, 's');
  assert.match(long.terms.apology, /^a{65536}… \[cut\]$/);
  assert.match(long.terms.greeting, /^g{65536}… \[cut\]$/);
  assert.deepEqual(long.history, { items: [] });
  const terms = { deadlineMs: 1, maxRounds: 1, apology: 'Sorry.' };
  const usual = {
    input: textInput('\u0001'.repeat(8_000)),
    number: 2,
    terms,
    history: { deflated: 'h'.repeat(90_000) },
  };
  assert.deepEqual(fitStart(usual), usual);
});

test("budget: a provider's state counts in what the turn has left", () => {
  const round = { round: 1, speeches: [], calls: [] };
  const providerState = { provider: 'acme', model: 'first', pieces: ['x'.repeat(50_000)] };
  assert.equal(bytesLeft([round]) - bytesLeft([{ ...round, providerState }]), jsonBytes(providerState));
  const { stateBytes } = replyLimits([]);
  assert.ok(stateBytes > 50_000 && replyLimits([{ ...round, providerState }]).stateBytes < stateBytes);
});

test("budget: a turn without room has none for a provider's state", () => {
  const providerState = { provider: 'acme', model: 'first', pieces: ['x'.repeat(TURN_LIMIT_BYTES)] };
  assert.equal(replyLimits([{ round: 1, speeches: [], calls: [], providerState }]).stateBytes, 0);
});

test("budget: of rounds that are too large for the record a provider's state is left out, and never shortened", () => {
  const providerState = { provider: 'acme', model: 'first', pieces: ['x'.repeat(50_000)] };
  const rounds = [{ round: 1, speeches: [], calls: [], providerState }];
  const state = toRecordedState({ ...unbegunTurn(TERMS), rounds });
  assert.deepEqual(fitState(state, 60_000), state);
  assert.deepEqual(fitState(state, 40_000), { ...state, rounds: [{ round: 1, speeches: [], calls: [] }] });
});
