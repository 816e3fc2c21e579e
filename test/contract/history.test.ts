import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HISTORY_LIMIT_BYTES, latestItems, packHistory, unpackHistory } from '../../contract/history.ts';
import type { Item } from '../../contract/items.ts';

function toTurn(number: number, chars = 100): Item[] {
  const text = `${number} ${'x'.repeat(chars)}`;
  return [
    { type: 'user', text },
    { type: 'speech', speech: '1-1', kind: 'answer', text, heardText: text },
  ];
}

const turns = (count: number): Item[] => Array.from({ length: count }, (_, index) => toTurn(index)).flat();

test('history: what was packed is unpacked again, small or large', () => {
  for (const items of [[], turns(2), turns(100)]) assert.deepEqual(unpackHistory(packHistory(items)), items);
});

test('history: a short one stays readable, a long one travels deflated', () => {
  assert.ok('items' in packHistory(turns(2)));
  assert.ok('deflated' in packHistory(turns(30)));
});

test('history: beyond 64 KiB the oldest turns are left out whole, so that it begins with the words of a caller', () => {
  const kept = unpackHistory(packHistory(turns(1_000)));
  assert.ok(Buffer.byteLength(JSON.stringify(kept)) <= HISTORY_LIMIT_BYTES);
  assert.equal(kept[0]?.type, 'user');
  assert.deepEqual(kept.at(-1), turns(1_000).at(-1));
});

test('history: of a single turn larger than the limit what was said is left, so that the next one has a memory', () => {
  const large: Item = { type: 'result', call: 'tool:1:0:find', ok: true, result: 'x'.repeat(1_000) };
  assert.deepEqual(latestItems([...toTurn(1), large], 500), toTurn(1));
});

test('history: of a turn whose words alone are larger than the limit each begins as it was said', () => {
  const items = [...toTurn(1, 100_000), ...toTurn(2, 300_000)];
  const kept = latestItems(items, HISTORY_LIMIT_BYTES);
  assert.deepEqual(
    kept.map(({ type }) => type),
    ['user', 'speech'],
  );
  for (const item of kept) assert.match('text' in item ? item.text : '', /^2 x{1000,}… \[cut\]$/);
  assert.ok(Buffer.byteLength(JSON.stringify(kept)) <= HISTORY_LIMIT_BYTES);
});

test('history: a greeting before the first words of a caller is kept', () => {
  const greeting: Item = { type: 'speech', speech: '1-1', kind: 'answer', text: 'Hello.', heardText: 'Hello.' };
  assert.deepEqual(latestItems([greeting, ...toTurn(1)], 10_000), [greeting, ...toTurn(1)]);
});
