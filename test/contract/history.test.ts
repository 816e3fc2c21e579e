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

test('history: a single turn larger than the limit leaves nothing, rather than a part of itself', () => {
  assert.deepEqual(latestItems(toTurn(1, 1_000), 500), []);
});
