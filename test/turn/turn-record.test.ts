import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenedStart, TurnRecord } from '../../contract/turn.ts';
import { toTurnRecord } from '../../turn/turn-record.ts';
import { toTurnStart } from '../../turn/turn-start.ts';
import { textInput } from '../text-input.ts';

const terms = { deadlineMs: 30_000, maxRounds: 6, apology: 'Sorry.' };
const rest = { conversationId: 'c', agent: 'a', modality: 'text', number: 1, terms, history: { items: [] } } as const;
const start: OpenedStart = { ...rest, input: textInput('Hi') };

test('turn start: the text of an earlier version is its input, and without it the turn greets', () => {
  assert.deepEqual(toTurnStart({ ...rest, text: 'Hi' }), start);
  assert.deepEqual(toTurnStart(rest), { ...rest, input: { type: 'greeting' } });
  assert.deepEqual(toTurnStart(start), start);
});

test('turn record: the start of an earlier version is its start', () => {
  const course = { epoch: 0, startedAt: '', degraded: false, rounds: [], items: [], steps: [] };
  const record: TurnRecord = { ...course, start };
  assert.deepEqual(toTurnRecord({ ...course, input: { ...rest, text: 'Hi' } }), record);
  assert.deepEqual(toTurnRecord(record), record);
});
