import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sha256 } from '../../../server/access/api-key.ts';
import { readKeysFile } from '../../../server/access/keys-file.ts';

const SECRET = 'sk-very-secret';
const HASH = sha256(SECRET).toString('hex');

const folder = mkdtempSync(join(tmpdir(), 'legato-keys-'));
const path = join(folder, 'keys.json');
after(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  writeFileSync(path, text);
  const { keys, faults } = readKeysFile(path);
  for (const fault of faults) assert.ok(!fault.includes(SECRET) && !fault.includes(HASH), fault);
  const start = `LEGATO_API_KEYS_FILE '${path}'`;
  assert.ok(faults.every((fault) => fault.startsWith(start)));
  return { keys, faults: faults.map((fault) => fault.slice(start.length)) };
}

const faultsOf = (...entries: unknown[]) => read(JSON.stringify(entries)).faults;
const entry = { name: 'shop', key: SECRET, scopes: ['turns'] };

test('keys file: a key has a name, itself or its hash, scopes, and how its conversations begin', () => {
  const { keys, faults } = read(
    JSON.stringify([
      { ...entry, conversations: 'shop-' },
      { name: 'back-office', sha256: sha256('other').toString('hex').toUpperCase(), scopes: ['read', 'operate'] },
    ]),
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(keys, [
    { name: 'shop', key: SECRET, sha256: sha256(SECRET), scopes: ['turns'], prefix: 'shop-' },
    { name: 'back-office', sha256: sha256('other'), scopes: ['read', 'operate'], prefix: '' },
  ]);
});

const FIELDS = 'name, key or sha256, scopes, conversations';
const SCOPES = 'read, turns, approve, operate';
const ONE_OF_BOTH = ": entry 0, field 'key' must be given, or 'sha256' instead of it; not both";

for (const [title, wrong, expected] of [
  [
    'a name with a space',
    { name: `the ${SECRET}` },
    ", field 'name' must be 1 to 64 letters, digits, dots, dashes or underscores",
  ],
  ['no name', { name: undefined }, ", field 'name' must be a text"],
  ['a key with a space', { key: `${SECRET} ` }, ", field 'key' is empty, or has a space or a special character"],
  ['a key that is a list', { key: [SECRET] }, ", field 'key' must be a text"],
  [
    'a hash that is the key',
    { key: undefined, sha256: SECRET },
    ", field 'sha256' must be 64 hexadecimal digits, the SHA-256 of the key",
  ],
  ['a scope that is not there', { scopes: ['turns', SECRET] }, `, field 'scopes.1' must be one of ${SCOPES}`],
  ['a scope that is no list', { scopes: 'turns' }, `, field 'scopes' must be a list of ${SCOPES}`],
  ['no scope', { scopes: [] }, `, field 'scopes' is empty; name at least one of ${SCOPES}`],
  [
    'an empty prefix',
    { conversations: '' },
    ", field 'conversations' must be how conversation ids begin, 1 to 32 letters, digits, dashes or underscores; leave it out for all",
  ],
  ['a misspelt field', { scope: ['read'] }, ` has a field that is not known, 'scope'; its fields are ${FIELDS}`],
  ['a key as the name of a field', { [SECRET]: true }, ` has a field that is not known; its fields are ${FIELDS}`],
] as const) {
  test(`keys file: ${title} is a fault with file, entry and field, and without a value`, () => {
    assert.deepEqual(faultsOf({ ...entry, ...wrong }), [`: entry 0${expected}`]);
  });
}

test('keys file: a key and its hash at once, or neither, is a fault', () => {
  assert.deepEqual(faultsOf({ ...entry, sha256: HASH }), [ONE_OF_BOTH]);
  assert.deepEqual(faultsOf({ ...entry, key: undefined }), [ONE_OF_BOTH]);
});

test('keys file: an entry that is the key alone is a fault', () => {
  assert.deepEqual(faultsOf(SECRET), [`: entry 0 must be an object with ${FIELDS}`]);
});

test('keys file: all faults of all entries are told at once', () => {
  const faults = faultsOf({ ...entry, name: '' }, entry, { ...entry, name: 'other', key: 'other', scopes: ['x'] });
  assert.deepEqual(
    faults.map((fault) => /entry \d, field '[^']+'/.exec(fault)?.[0]),
    ["entry 0, field 'name'", "entry 2, field 'scopes.0'"],
  );
});

test('keys file: two entries with one name, or with one key, are a fault', () => {
  assert.deepEqual(faultsOf(entry, { ...entry, key: 'other' }), [
    ": entry 1, field 'name' is that of entry 0 too; name each key differently",
  ]);
  assert.deepEqual(faultsOf(entry, { name: 'twin', sha256: HASH, scopes: ['read'] }), [
    ': entry 1 has the key of entry 0; give each its own',
  ]);
});

for (const text of ['[]', '{}', JSON.stringify(entry), 'null', `"${SECRET}"`]) {
  test(`keys file: ${text.replaceAll(SECRET, '…')} is no list of keys`, () => {
    const { keys, faults } = read(text);
    assert.deepEqual(keys, []);
    assert.deepEqual(faults, [` must hold a list of at least one key, each with ${FIELDS}`]);
  });
}

test('keys file: what is not JSON is a fault with its place', () => {
  const { faults } = read(`[\n  { "name": "shop", "key": "${SECRET}" "scopes": [] }\n]`);
  assert.match(faults[0] ?? '', /^ is not JSON \(line 2 column \d+\); correct its syntax$/);
  assert.deepEqual(read('[').faults, [' is not JSON; correct its syntax']);
  assert.deepEqual(read(SECRET).faults, [' is not JSON; correct its syntax']);
});

test('keys file: one that is not there is a fault', () => {
  assert.deepEqual(readKeysFile('/nowhere/keys.json').faults, [
    "LEGATO_API_KEYS_FILE '/nowhere/keys.json' cannot be read: ENOENT; correct the path or its permissions",
  ]);
});
