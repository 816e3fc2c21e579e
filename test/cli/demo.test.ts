import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from 'legato/client';
import { faultOf, faultOfRefunds, type Scene } from '../../cli/demo/scenes.ts';
import { drawTimeline, toSpans } from '../../timeline/spans.ts';

const scene: Scene = { title: '', words: '', tools: [{ name: 'find_order', ok: false }] };
const answered = { outcome: 'answered', degraded: false } as const;
const call = { type: 'call', call: 'tool:1:0:find_order', name: 'find_order', arguments: {} } as const;
const failed = {
  type: 'result',
  call: call.call,
  ok: false,
  error: { kind: 'failed', message: 'No answer' },
} as const;
const answer = { type: 'speech', speech: '2-1', kind: 'answer', text: 'Sorry.', heardText: 'Sorry.' } as const;

test('demo: a turn that ends as its scene says has no fault', () => {
  assert.equal(faultOf(scene, toTurn({ items: [call, failed, answer] })), undefined);
});

test('demo: a tool that succeeds where it should fail is a fault', () => {
  const items = [call, { type: 'result', call: call.call, ok: true } as const, answer];
  const fault = faultOf(scene, toTurn({ items }));
  assert.equal(fault, "it should call 'find_order' without success and called 'find_order' with success");
});

test('demo: a turn that was not answered, lost its voice or its last words is a fault', () => {
  assert.match(faultOf(scene, toTurn({ outcome: 'failed' })) ?? '', /is 'failed'/);
  assert.match(faultOf(scene, toTurn({ degraded: true })) ?? '', /text only/);
  assert.match(faultOf(scene, toTurn({ items: [call, failed] })) ?? '', /does not end with an answer/);
});

test('demo: a turn that is interrupted in mid-sentence ends as its scene says', () => {
  const cutting: Scene = { ...scene, interrupts: { tool: 'find_order', afterMs: 1 } };
  const cut = { ...answer, kind: 'preamble', text: 'One moment.', heardText: 'One', interrupted: true } as const;
  const toCut = (...items: Turn['items']) => faultOf(cutting, toTurn({ outcome: 'interrupted', items }));
  assert.equal(toCut(cut, call, failed), undefined);
  assert.match(toCut({ ...cut, heardText: '' }, call, failed) ?? '', /cut in mid-sentence/);
  assert.match(toCut(cut) ?? '', /called no tool/);
  assert.match(faultOf(cutting, toTurn({ items: [cut, call, failed] })) ?? '', /'interrupted' and is 'answered'/);
});

test('demo: an answer that does not say what it should is a fault', () => {
  const asking: Scene = { title: '', words: '', tools: [], says: /^Yes/ };
  assert.match(faultOf(asking, toTurn({ items: [answer] })) ?? '', /what happened before/);
  assert.equal(faultOf(asking, toTurn({ items: [{ ...answer, text: 'Yes.', heardText: 'Yes.' }] })), undefined);
});

test('demo: a refund that was not made, or made twice, is a fault', () => {
  const refund = { refund_id: 'R-4001', order_id: '4001', amount_cents: 32_900, idempotency_key: 'a' };
  const refunding: Scene = { ...scene, refunded: '4001' };
  assert.equal(faultOfRefunds(refunding, [refund]), undefined);
  assert.match(faultOfRefunds(refunding, []) ?? '', /refunded none/);
  assert.match(faultOfRefunds(refunding, [refund, refund]) ?? '', /refunded '4001' and '4001'/);
  assert.equal(faultOfRefunds(scene, []), undefined);
});

test('timeline: a speech that was cut is as long as it was heard', () => {
  const speech = { speech: '1-1', kind: 'answer', text: 'Yes, it is.', durationMs: 900, heardText: 'Yes,' } as const;
  const [span] = toSpans({ steps: [] }, [{ seq: 1, atMs: 400, type: 'speech.cut', ...speech, heardMs: 300 }]);
  assert.equal(span?.durationMs, 300);
});

test('timeline: a step that ran ahead stands where it was done, with how far behind the log was', () => {
  const steps: Turn['steps'] = [
    { id: 'think:1', kind: 'think', state: 'finished', attempts: 1, startedAtMs: 40, durationMs: 460 },
  ];
  const step = { step: 'think:1', kind: 'think', attempt: 1 } as const;
  const spans = toSpans({ steps }, [
    { seq: 1, atMs: 0, type: 'step.started', ...step },
    { seq: 2, atMs: 40, type: 'step.recorded', step: 'think:1', leadMs: 40 },
    { seq: 3, atMs: 250, type: 'step.finished', ...step, ok: true, durationMs: 250 },
  ]);
  assert.deepEqual(drawTimeline(spans), [`think:1  at     0 ms  for   250 ms  ${'▒'.repeat(48)}  log +40`]);
});

test('timeline: steps and speeches share a scale, by their starts', () => {
  const steps: Turn['steps'] = [
    { id: 'think:1', kind: 'think', state: 'finished', attempts: 1, startedAtMs: 0, durationMs: 500 },
    { id: 'voice:1', kind: 'voice', state: 'finished', attempts: 1, startedAtMs: 500, durationMs: 500 },
  ];
  const speech = { speech: '1-1', kind: 'answer', text: 'Yes.' } as const;
  const spans = toSpans({ steps }, [
    { seq: 1, atMs: 250, type: 'speech.started', speech: '1-1' },
    { seq: 2, atMs: 1_000, type: 'speech.finished', ...speech, durationMs: 750 },
  ]);
  assert.deepEqual(drawTimeline(spans), [
    `think:1       at     0 ms  for   500 ms  ${'▒'.repeat(24)}`,
    `answer (1-1)  at   250 ms  for   750 ms  ${' '.repeat(12)}${'█'.repeat(36)}`,
    `voice:1       at   500 ms  for   500 ms  ${' '.repeat(24)}${'░'.repeat(24)}`,
  ]);
});

test('timeline: a step that took no time has a mark within the scale', () => {
  const spans = [
    { label: 'a', startMs: 0, durationMs: 100, mark: '▒' },
    { label: 'b', startMs: 100, durationMs: 0, mark: '▓' },
  ];
  assert.equal(drawTimeline(spans)[1], `b  at   100 ms  for     0 ms  ${' '.repeat(47)}▓`);
});

test('timeline: a tool shows how long it waited at its gate, and when its result was revealed', () => {
  const [id, name] = ['tool:1:0:refund_order', 'refund_order'];
  const steps: Turn['steps'] = [
    { id, kind: 'tool', name, state: 'finished', attempts: 1, startedAtMs: 0, durationMs: 600 },
    { id: 'think:2', kind: 'think', state: 'finished', attempts: 1, startedAtMs: 600, durationMs: 600 },
  ];
  const called = { call: id, name, arguments: {} };
  const spans = toSpans({ steps }, [
    { seq: 1, atMs: 300, type: 'tool.started', ...called, attempt: 1 },
    { seq: 2, atMs: 900, type: 'tool.finished', ...called, ok: true, attempts: 1, durationMs: 300, source: 'run' },
  ]);
  const row = drawTimeline(spans)[0] ?? '';
  assert.ok(row.endsWith(`  ${'·'.repeat(12)}${'▓'.repeat(12)}${' '.repeat(12)}◆`));
});

function toTurn(fields: Partial<Turn>): Turn {
  const times = { number: 1, state: 'finished', startedAt: '2026-01-01T00:00:00Z', steps: [], items: [] } as const;
  const ids = { id: 'turn-1', conversationId: '1', temporal: { workflowId: 'turn-1', runId: '1' } };
  return { ...ids, ...times, ...answered, ...fields } as Turn;
}
