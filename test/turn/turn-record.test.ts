import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedRound } from '../../contract/rounds.ts';
import type { OpenedStart, Outcome } from '../../contract/turn.ts';
import type { EarlierRecord, TurnRecord } from '../../contract/turn-record.ts';
import { advance, beginTurn } from '../../turn/advance.ts';
import { toRecordedState, toTurnRecord } from '../../turn/turn-record.ts';
import { toTurnStart } from '../../turn/turn-start.ts';
import { textInput } from '../text-input.ts';
import { POLICY, TERMS } from './played-turn.ts';

const terms = { deadlineMs: 30_000, maxRounds: 6, apology: 'Sorry.' };
const rest = { conversationId: 'c', agent: 'a', modality: 'text', number: 1, terms, history: { items: [] } } as const;
const start: OpenedStart = { ...rest, input: textInput('Hi') };

test('turn start: the text of an earlier version is its input, and without it the turn greets', () => {
  assert.deepEqual(toTurnStart({ ...rest, text: 'Hi' }), start);
  assert.deepEqual(toTurnStart(rest), { ...rest, input: { type: 'greeting' } });
  assert.deepEqual(toTurnStart(start), start);
});

const found = { ok: true, result: 1, attempts: 1, durationMs: 1 };
const call = { call: 'tool:1:0:find', name: 'find', arguments: {}, policy: POLICY };
const unknown = { ...call, fault: { kind: 'unknown_tool', message: 'No such tool' } } as const;

/** As the process of an earlier version answers it. */
function toldBefore(rounds: readonly RecordedRound[], ending?: Outcome): EarlierRecord {
  const input = { ...rest, text: 'Hi' };
  return { input, epoch: 1, startedAt: '', degraded: false, rounds, items: [], steps: [], ...(ending && { ending }) };
}

test('turn record: of an earlier version, its start and what its rounds say of the state are known', () => {
  const open = [{ round: 1, speeches: [], calls: [call] }];
  const settled = [{ round: 1, speeches: [], calls: [{ ...unknown, settled: found }] }];
  const unbegun = { faultyRounds: 0, failedStep: undefined, finished: false, bargeIn: undefined, ending: undefined };
  for (const [rounds, ending, state] of [
    [[], undefined, { thinking: 1 }],
    [open, undefined, { thinking: undefined }],
    [settled, undefined, { thinking: 2, faultyRounds: 1 }],
    [settled, 'interrupted', { thinking: undefined, faultyRounds: 1, ending: 'interrupted' }],
  ] as const) {
    const record = toTurnRecord(toldBefore(rounds, ending));
    assert.deepEqual(record.start, start);
    assert.deepEqual(record.state, { ...unbegun, ...state, rounds });
    assert.deepEqual([record.epoch, 'input' in record, 'rounds' in record], [1, false, false]);
  }
});

test('turn record: one of today is taken as it is, its barge-in with it', () => {
  const bargeIn = { id: 'one', number: 1, settled: ['think:1'], begun: [call.call], said: [], answers: true };
  const happened = { type: 'thought', round: 1, text: '', calls: [{ ...call, policy: POLICY }] } as const;
  const { state } = advance(advance(beginTurn(TERMS, textInput('Hi')).state, happened).state, {
    ...{ type: 'interrupted', bargeIn },
  });
  const { input: _, rounds: __, ...told } = toldBefore([]);
  const record: TurnRecord = { ...told, start, state: toRecordedState(state) };
  const read = toTurnRecord(JSON.parse(JSON.stringify(record)) as TurnRecord);
  assert.deepEqual(read.state.bargeIn, bargeIn);
  assert.deepEqual(read, JSON.parse(JSON.stringify(record)));
});
