import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../properties.ts';
import { PreambleReader } from '../../../live/thinking/preamble-reader.ts';

function read(json: string, sizes: readonly number[] = [1]): string {
  const reader = new PreambleReader();
  let said = '';
  for (let at = 0, turn = 0; at < json.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    said += reader.push(json.slice(at, at + size));
    at += size;
  }
  return said;
}

test('preamble reader: the words are handed over as they come, and the rest of the arguments is not', () => {
  const reader = new PreambleReader();
  assert.equal(reader.push('{"pream'), '');
  assert.equal(reader.push('ble": "Let me '), 'Let me ');
  assert.equal(reader.push('look.'), 'look.');
  assert.equal(reader.closed, false);
  assert.equal(reader.push('", "order_id": "7'), '');
  assert.equal(reader.closed, true);
});

test('preamble reader: one that is not the first property is left to the code that has all of the arguments', () => {
  assert.equal(read('{"order_id":"7","preamble":"Let me look."}'), '');
});

test('preamble reader: whatever is written, and however it is cut, the words are those of the JSON', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !/[\n\r\t\b\f]/.test(text));
  fc.assert(
    fc.property(words, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (text, sizes) => {
      assert.equal(read(JSON.stringify({ preamble: text, order_id: '7' }), sizes), text);
    }),
  );
});

test('preamble reader: escapes of control characters are spaces, and of other characters themselves', () => {
  assert.equal(read('{"preamble":"a\\nb\\u00e9\\"\\\\"}'), 'a bé"\\');
});
