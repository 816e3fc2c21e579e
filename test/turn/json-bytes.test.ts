import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import { firstBytes, jsonBytes, utf8Bytes } from '../../turn/json-bytes.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

test('json bytes: they are the bytes that Node sends, whatever a value holds', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      assert.equal(jsonBytes(value), Buffer.byteLength(JSON.stringify(value)));
    }),
  );
  assert.equal(jsonBytes(undefined), 0);
});

test('utf-8 bytes: they are those of Node', () => {
  fc.assert(fc.property(anyText, (text) => assert.equal(utf8Bytes(text), Buffer.byteLength(text))));
});

test('first bytes: the longest beginning that fits as JSON, with no character cut in two', () => {
  fc.assert(
    fc.property(anyText, fc.nat(300), (text, limit) => {
      const kept = firstBytes(text, limit);
      assert.ok(text.startsWith(kept));
      assert.ok(jsonBytes(kept) - 2 <= limit || kept === '');
      const [next = ''] = text.slice(kept.length);
      if (next !== '') assert.ok(jsonBytes(kept + next) - 2 > limit);
    }),
  );
});

for (const text of ['\ud800', 'a\udc00b', '"\\\n\u0001', '😀']) {
  test(`first bytes: ${JSON.stringify(text)} is kept whole where it just fits`, () => {
    const bytes = jsonBytes(text) - 2;
    assert.equal(firstBytes(text, bytes), text);
    assert.notEqual(firstBytes(text, bytes - 1), text);
  });
}
