import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { MissingPayloadKey, PayloadCipher } from '../../record/payload-cipher.ts';
import { BrokenSeal, openFields, sealFields } from '../../record/sealed-fields.ts';

const k1 = { id: 'k1', key: randomBytes(32) };
const k2 = { id: 'k2', key: randomBytes(32) };
const fields = { token: 'tok-1234', empty: '', name: 'Zoë 🔑' };

test('sealed fields: what was encrypted is read again, and no text of it shows', () => {
  const cipher = new PayloadCipher([k1]);
  const sealed = sealFields(cipher, 'c', fields);
  assert.deepEqual(openFields(cipher, 'c', sealed), fields);
  assert.match(sealed.token ?? '', /^k1\.[\w-]+$/);
  assert.notEqual(sealed.token, sealFields(cipher, 'c', fields).token);
});

test('sealed fields: the first key encrypts, and all decrypt', () => {
  const old = sealFields(new PayloadCipher([k1]), 'c', fields);
  const both = new PayloadCipher([k2, k1]);
  assert.deepEqual(openFields(both, 'c', old), fields);
  assert.match(sealFields(both, 'c', fields).token ?? '', /^k2\./);
});

test('sealed fields: a key that is not there is named', () => {
  const sealed = sealFields(new PayloadCipher([k1]), 'c', fields);
  for (const keys of [[], [k2]]) {
    assert.throws(
      () => openFields(new PayloadCipher(keys), 'c', sealed),
      (error) => error instanceof MissingPayloadKey && /with key 'k1', .*LEGATO_PAYLOAD_KEYS$/.test(error.message),
    );
  }
});

const cipher = new PayloadCipher([k1]);
const { token = '' } = sealFields(cipher, 'c', fields);
const broken: readonly [title: string, conversation: string, sealed: Record<string, string>][] = [
  ['of another conversation', 'd', { token }],
  ['under the name of another field', 'c', { name: token }],
  ['that was changed', 'c', { token: `${token.slice(0, -4)}AAAA` }],
  ['that was cut', 'c', { token: token.slice(0, 12) }],
];
for (const [title, conversation, sealed] of broken) {
  test(`sealed fields: one ${title} is not read`, () => {
    assert.throws(() => openFields(cipher, conversation, sealed), BrokenSeal);
  });
}

test('sealed fields: one whose key is another one now is not read', () => {
  const other = new PayloadCipher([{ ...k2, id: 'k1' }]);
  assert.throws(() => openFields(other, 'c', { token }), BrokenSeal);
});
