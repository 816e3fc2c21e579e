import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonBytes } from '../../turn/json-bytes.ts';
import { withinBytes } from '../../turn/within-bytes.ts';

test('within bytes: what fits is the same value', () => {
  const value = { text: 'x'.repeat(100) };
  assert.equal(withinBytes(value, 1_000), value);
});

test('within bytes: the longest texts are cut with a note, and short ones are not', () => {
  const items = [{ text: 'short' }, { text: 'é'.repeat(100_000) }, { text: 'y'.repeat(50_000) }];
  const [short, first, second] = withinBytes(items, 64 * 1024);
  assert.deepEqual(short, { text: 'short' });
  for (const cut of [first, second]) assert.match(cut?.text ?? '', /… \[cut\]$/);
  assert.ok(jsonBytes([short, first, second]) <= 64 * 1024);
});

test('within bytes: a large JSON value of a call becomes text, and what has a form keeps it', () => {
  const result = Array.from({ length: 50_000 }, (_, row) => row);
  const [item] = withinBytes([{ type: 'result', ok: true, result }], 32 * 1024) as unknown as [Record<string, unknown>];
  assert.match(String(item['result']), /^\[0,1,2,.*… \[cut\]$/);
  assert.equal(item['ok'], true);
});

test('within bytes: a pair of surrogates is not cut in two', () => {
  const [text = ''] = withinBytes(['😀'.repeat(100_000)], 32 * 1024);
  assert.ok(text.isWellFormed());
});
