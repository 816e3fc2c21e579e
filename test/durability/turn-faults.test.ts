import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Item } from '../../contract/items.ts';
import type { HistoryEvent } from './followed-history.ts';
import { faultsOf, type EndedTurn } from './turn-faults.ts';

// What the runs with kills look for is found where it is.

const STEP = 'tool:1:0:book';
const run = { tool: 'book', key: `turn-1/${STEP}` };
const done: Item = { type: 'result', call: STEP, ok: true, result: 'tool-1-0-book' };

async function readEvents(name: string): Promise<readonly HistoryEvent[]> {
  const file = new URL(`../replay/histories/${name}.json`, import.meta.url);
  return historyFromJSON(JSON.parse(await readFile(file, 'utf8'))).events ?? [];
}

function failed(kind: 'outcome_unknown' | 'cancelled'): Item {
  return { type: 'result', call: STEP, ok: false, error: { kind, message: 'It is not known' } };
}

async function endedTurn(item: Item, more: Partial<EndedTurn> = {}): Promise<EndedTurn> {
  const events = await readEvents('completed-before-deadline');
  return { id: 'turn-1', result: { items: [item] }, events, runs: [run], ...more };
}

test('faults: a turn whose transcript has what its history has is without any', async () => {
  assert.deepEqual(faultsOf(await endedTurn(done)), []);
});

test('faults: a result that is in the history, and unknown in the transcript, is lost', async () => {
  const [fault, ...others] = faultsOf(await endedTurn(failed('outcome_unknown')));
  assert.match(fault ?? '', /'tool:1:0:book' is in the history; the transcript has outcome_unknown/);
  assert.deepEqual(others, []);
});

test('faults: a result that is in the history, and another one in the transcript, is lost', async () => {
  const [fault] = faultsOf(await endedTurn({ ...done, result: 'something else' }));
  assert.match(fault ?? '', /is in the history; the transcript has another/);
});

test('faults: a write of unknown outcome whose end no history has is none', async () => {
  const events = await readEvents('lost-in-a-write');
  assert.deepEqual(faultsOf(await endedTurn(failed('outcome_unknown'), { events })), []);
});

test('faults: a write that ran twice', async () => {
  assert.deepEqual(faultsOf(await endedTurn(done, { runs: [run, run] })), [`the write '${STEP}' ran 2 times`]);
});

test('faults: a write that ran is cancelled in the transcript', async () => {
  const events = await readEvents('lost-in-a-write');
  const faults = faultsOf(await endedTurn(failed('cancelled'), { events }));
  assert.deepEqual(faults, [`the write '${STEP}' ran; the transcript has cancelled`]);
});
