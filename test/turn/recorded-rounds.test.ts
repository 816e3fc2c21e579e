import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedCall, RecordedRound } from '../../contract/rounds.ts';
import { advance } from '../../turn/advance.ts';
import { bytesLeft } from '../../turn/budget.ts';
import { jsonBytes } from '../../turn/json-bytes.ts';
import { fromRecordedRounds, toRecordedRounds } from '../../turn/recorded-rounds.ts';
import { fromRecordedState, toTurnRecord } from '../../turn/turn-record.ts';
import fc from '../properties.ts';
import { playTurn, POLICY, resultOf, TERMS } from './played-turn.ts';
import { picks, script } from './random-turns.ts';

const LATEST = 'tool:1:0:status.req:latest';
const found = resultOf('4010');
const unknown = { kind: 'unknown_tool', message: 'none' } as const;
const unsettled = { ok: false, error: unknown, attempts: 0, durationMs: 0 };

/** As the release before calls had a state wrote it. */
const status: RecordedCall = {
  ...{ call: 'tool:1:0:status', name: 'status', arguments: { order_id: '4010' }, policy: POLICY },
  requires: { order_id: { tool: 'latest', field: 'id' } },
  inputs: { order_id: { call: LATEST, field: 'id' } },
  waitsFor: [LATEST],
  started: true,
};
const pay: RecordedCall = {
  ...{ call: 'tool:1:1:pay', name: 'pay', arguments: { amount: 5 }, policy: { ...POLICY, effect: 'write' } },
  ...{ after: ['status'], waitsFor: ['tool:1:0:status'] },
};
const EARLIER: readonly RecordedRound[] = [
  {
    round: 1,
    speeches: [{ speech: '1-1', kind: 'preamble', text: 'One moment.' }],
    calls: [
      { call: LATEST, name: 'latest', arguments: {}, policy: POLICY, started: true, settled: found },
      status,
      pay,
      { call: 'tool:1:2:nope', name: 'nope', arguments: {}, fault: unknown, settled: unsettled },
    ],
  },
];

test('recorded rounds: calls that an earlier release recorded are waiting, started or settled as they were', () => {
  const [round] = fromRecordedRounds(EARLIER);
  assert.deepEqual(
    round?.calls.map(({ state }) => state),
    [
      { is: 'settled', result: found, wasStarted: true },
      { is: 'started' },
      { is: 'waiting' },
      { is: 'settled', result: unsettled, wasStarted: false },
    ],
  );
});

test('recorded rounds: a turn goes on from the record of an earlier release', () => {
  const terms = { ...TERMS, deadlineMs: 30_000 };
  const start = {
    conversationId: 'c',
    agent: 'a',
    modality: 'text',
    number: 1,
    terms,
    history: { items: [] },
  } as const;
  const told = { input: { ...start, text: 'Hi' }, epoch: 0, startedAt: '', degraded: false, items: [], steps: [] };
  const resumed = { ...fromRecordedState(toTurnRecord({ ...told, rounds: EARLIER }).state), terms };
  assert.equal(resumed.faultyRounds, 1);
  const paying = advance(resumed, { type: 'call_settled', call: status.call, result: found });
  assert.deepEqual(
    paying.commands.map((command) => 'step' in command && command.step),
    [pay.call],
  );
  const next = advance(paying.state, { type: 'call_settled', call: pay.call, result: found });
  assert.deepEqual(next.commands, [{ type: 'think', step: 'think:2', round: 2, mustAnswer: false }]);
});

test('recorded rounds: a call without policy and fault is settled, and never run', () => {
  const [round] = fromRecordedRounds([
    { round: 1, speeches: [], calls: [{ call: 'tool:1:0:gone', name: 'gone', arguments: {} }] },
  ]);
  assert.equal(round?.calls[0]?.state.is, 'settled');
  assert.equal(round?.calls[0]?.fault?.kind, 'unknown_tool');
});

test('recorded rounds: an earlier release reads what this one writes', () => {
  assert.deepEqual(toRecordedRounds(fromRecordedRounds(EARLIER)), EARLIER);
});

test('recorded rounds: calls take of the budget what they took in earlier releases, so that old histories replay', () => {
  const left = bytesLeft([]) - bytesLeft(fromRecordedRounds(EARLIER));
  assert.equal(left, 2 * jsonBytes('One moment.') + jsonBytes(EARLIER[0]?.calls));
});

test('recorded rounds: whatever a turn has come to survives its record', () => {
  fc.assert(
    fc.property(script, picks, (rounds, order) => {
      for (const state of playTurn(rounds, order).states) {
        const recorded = JSON.parse(JSON.stringify(toRecordedRounds(state.rounds))) as readonly RecordedRound[];
        assert.deepEqual(fromRecordedRounds(recorded), state.rounds);
      }
    }),
  );
});
