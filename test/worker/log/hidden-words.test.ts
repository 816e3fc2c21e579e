import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHiding } from '../../../worker/log/hidden-words.ts';

const hide = createHiding({
  items: [
    { type: 'user', text: 'My card is 4111' },
    { type: 'call', call: 'tool:1:0:pay', name: 'pay', arguments: { card: { number: '4111-22' }, times: 7 } },
    { type: 'speech', speech: '1-1', kind: 'answer', text: 'I charge it.', heardText: 'I charge' },
  ],
  arguments: [['on a broken reply', '$1']],
  secrets: ['tok-9f', '12'],
});

const texts: readonly [text: string, hidden: string][] = [
  ['Cannot pay with 4111-22', 'Cannot pay with [hidden]'],
  ['Card4111-22x is refused', 'Card[hidden]x is refused'],
  ['7 of 17 rows', '[hidden] of 17 rows'],
  ["The caller said 'My card is 4111'", "The caller said '[hidden]'"],
  ["Already told: 'I charge it.'", "Already told: '[hidden]'"],
  ['Asked on a broken reply', 'Asked [hidden]'],
  ['It costs $1', 'It costs [hidden]'],
  ['The token tok-9f of 12 or 120 is old', 'The token [hidden] of [hidden] or 120 is old'],
  ['It has no rows', 'It has no rows'],
];
for (const [text, hidden] of texts) {
  test(`hidden words: '${text}' is logged as '${hidden}'`, () => {
    assert.equal(hide(text), hidden);
  });
}

test('hidden words: empty words hide nothing', () => {
  assert.equal(createHiding({ items: [{ type: 'user', text: '' }], arguments: ['', ' '], secrets: [] })('a b'), 'a b');
});
