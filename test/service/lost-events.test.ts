import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../../contract/http.ts';
import { TurnReadings } from '../../service/turn-readings.ts';
import { MemoryStream } from '../../stream/memory.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';

const TURN: Turn = {
  ...{ id: 't', conversationId: 'c', number: 1, state: 'running', startedAt: '2026-01-01T00:00:00.000Z' },
  ...{ steps: [], items: [], temporal: { workflowId: 't', runId: 'r' } },
};
const started: NewEvent = { type: 'speech.started', speech: '1-1' };
const finished: NewEvent = { type: 'turn.finished', outcome: 'answered', degraded: false, text: '' };

test('readings: one snapshot stands for events that were dropped before their reader had them, and the rest follows', async () => {
  using stream = new MemoryStream({ perTurnBytes: 1_000 });
  const turnRecords = { read: async () => TURN, waitForEnd: async () => true };
  const readings = new TurnReadings({ stream, turnRecords });
  stream.open({ id: 't', conversationId: 'c', number: 1 }, 0);
  const by = { turnId: 't', step: 'voice:1', epoch: 0 };
  for (let count = 0; count < 9; count += 1) stream.publish(by, started, count);
  stream.publish(by, finished, 9);
  const query = { audio: true, afterSeq: 2, signal: new AbortController().signal };
  const [snapshot, ...rest] = await Array.fromAsync(await readings.events('t', query));
  assert.equal(snapshot?.type, 'turn.snapshot');
  assert.equal(rest.at(-1)?.type, 'turn.finished');
  const seqs = [snapshot, ...rest].map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => (seqs[0] ?? 0) + index),
  );
  assert.ok((seqs[0] ?? 0) > 3);
  const all = { ...query, afterSeq: rest[0]?.seq ?? 0 };
  const missedNothing = await Array.fromAsync(await readings.events('t', all));
  assert.deepEqual(missedNothing, rest.slice(1));
});
