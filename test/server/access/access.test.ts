import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../../../contract/access.ts';
import { Access } from '../../../server/access/access.ts';
import { type ApiKey, sha256, toApiKeys } from '../../../server/access/api-key.ts';
import { hasScope, type Identity, requireConversation } from '../../../server/access/identity.ts';
import { AccessRefused } from '../../../server/access/refused-access.ts';
import { newConversationId } from '../../../service/turn-service.ts';

const NOW_MS = Date.parse('2026-11-28T10:00:00.000Z');

interface Setting {
  readonly scopes?: readonly Scope[];
  readonly prefix?: string;
}

const keyed = (name: string, { scopes = ['turns'], prefix = '' }: Setting = {}): ApiKey => ({
  ...{ name, key: `secret-of-${name}`, sha256: sha256(`secret-of-${name}`), scopes, prefix },
});

function refusalOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof AccessRefused);
    return error.reason.kind;
  }
  return assert.fail('It was allowed');
}

const identify = (access: Access, name: string): Identity => access.identify({ bearer: `secret-of-${name}` });

test('access: a key is known by its hash alone, with its name, its scopes and its conversations', () => {
  const { key: _, ...hashed } = keyed('shop', { scopes: ['read'], prefix: 'shop-' });
  const identity = identify(new Access({ keys: [keyed('other'), hashed] }), 'shop');
  assert.deepEqual(identity, { kind: 'key', name: 'shop', scopes: ['read'], prefix: 'shop-' });
});

test('access: a key without a description may do everything with all conversations', () => {
  const identity = new Access({ keys: toApiKeys(['one', 'two']) }).identify({ bearer: 'two' });
  assert.equal(identity.name, 'key-2');
  for (const scope of ['read', 'turns', 'approve', 'operate'] as const) assert.ok(hasScope(identity, scope));
  requireConversation(identity, 'any');
});

for (const [title, credential, kind] of [
  ['nothing', {}, 'no_credential'],
  ['another key', { bearer: 'secret-of-nobody' }, 'unknown_credential'],
  ['a key in the address', { inAddress: 'secret-of-shop' }, 'key_in_address'],
  ['something else in the address', { inAddress: 'secret-of-nobody' }, 'unknown_credential'],
] as const) {
  test(`access: ${title} is refused where there are keys`, () => {
    assert.equal(
      refusalOf(() => new Access({ keys: [keyed('shop')] }).identify(credential)),
      kind,
    );
  });
}

test("access: 'turns' includes 'read', and nothing else includes anything", () => {
  const may = (...scopes: Scope[]) =>
    (['read', 'turns', 'approve', 'operate'] as const).filter((scope) =>
      hasScope({ kind: 'key', name: 'shop', scopes, prefix: '' }, scope),
    );
  assert.deepEqual(may('turns'), ['read', 'turns']);
  assert.deepEqual(may('read'), ['read']);
  assert.deepEqual(may('approve'), ['approve']);
  assert.deepEqual(may('operate'), ['operate']);
});

test('access: a key with a prefix has new ids in it, and no conversation outside of it', () => {
  const access = new Access({ keys: [keyed('shop', { prefix: 'shop-' })] });
  const identity = identify(access, 'shop');
  assert.match(newConversationId(identity.prefix), /^shop-[0-9a-f]{32}$/);
  requireConversation(identity, 'shop-1');
  for (const id of ['sho', 'shop', 'other-shop-1', 'Shop-1']) {
    assert.equal(
      refusalOf(() => requireConversation(identity, id)),
      'foreign_conversation',
    );
  }
});

const talking = (access: Access) => access.createToken(identify(access, 'shop'), 'c1', { scopes: ['read'] });

test('access: a token is its conversation and its scopes, in every process with the same keys, in a header or in the address', () => {
  const { token, ...rest } = talking(new Access({ keys: [keyed('shop')], now: () => NOW_MS }));
  assert.deepEqual(rest, { expiresAt: '2026-11-28T10:10:00.000Z', scopes: ['read'] });
  const other = new Access({ keys: [keyed('shop')], now: () => NOW_MS + 599_999 });
  const expected = { kind: 'token', name: 'shop', scopes: ['read'], prefix: '', conversation: 'c1' };
  for (const identity of [other.identify({ bearer: token }), other.identify({ inAddress: token })]) {
    assert.deepEqual(identity, { ...expected, expiresAtMs: NOW_MS + 600_000 });
    requireConversation(identity, 'c1');
    for (const id of ['c', 'c10', 'c2']) {
      assert.equal(
        refusalOf(() => requireConversation(identity, id)),
        'foreign_conversation',
      );
    }
  }
});

test('access: a token that has expired is refused as that', () => {
  let nowMs = NOW_MS;
  const access = new Access({ keys: [keyed('shop')], now: () => nowMs });
  const { token } = access.createToken(identify(access, 'shop'), 'c1', { ttlSeconds: 1 });
  nowMs += 1_000;
  assert.equal(
    refusalOf(() => access.identify({ bearer: token })),
    'token_expired',
  );
  nowMs -= 1;
  assert.equal(access.identify({ bearer: token }).kind, 'token');
});

test('access: a token of which one character was changed is refused, wherever that is', () => {
  const access = new Access({ keys: [keyed('shop')] });
  const { token } = talking(access);
  const end = token.length - 1; // Of the last character some bits are padding.
  for (let index = 0; index < end; index += 1) {
    const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1);
    assert.equal(
      refusalOf(() => access.identify({ bearer: changed })),
      'unknown_credential',
    );
  }
  for (const cut of ['', token.slice(0, -2), `${token}.`, `${token}AA`, token.split('.').slice(0, 2).join('.')]) {
    assert.equal(
      refusalOf(() => access.identify({ bearer: cut })),
      'unknown_credential',
    );
  }
});

test('access: a token of another secret is refused, and one of the same secret is taken whatever the keys are worth', () => {
  const secret = 'x'.repeat(32);
  const { token } = talking(new Access({ keys: [keyed('shop')], tokenSecret: secret }));
  const renewed = { ...keyed('shop'), sha256: sha256('new'), key: 'new' };
  assert.equal(new Access({ keys: [renewed], tokenSecret: secret }).identify({ bearer: token }).kind, 'token');
  for (const tokenSecret of [undefined, 'y'.repeat(32)]) {
    const other = new Access({ keys: [keyed('shop')], ...(tokenSecret !== undefined && { tokenSecret }) });
    assert.equal(
      refusalOf(() => other.identify({ bearer: token })),
      'unknown_credential',
    );
  }
});

test('access: a token allows no more than its key does now, and ends with its key', () => {
  const tokenSecret = 'x'.repeat(32);
  const before = new Access({ keys: [keyed('shop')], tokenSecret });
  const { token } = before.createToken(identify(before, 'shop'), 'c1', {});
  const fewer = new Access({ keys: [keyed('shop', { scopes: ['read'] })], tokenSecret });
  assert.ok(!hasScope(fewer.identify({ bearer: token }), 'turns'));
  for (const keys of [[keyed('other')], [keyed('shop', { prefix: 'shop-' })], []]) {
    assert.equal(
      refusalOf(() => new Access({ keys, tokenSecret }).identify({ bearer: token })),
      'unknown_credential',
    );
  }
});

for (const [title, setting, asked, kind] of [
  ['scopes that its key lacks', { scopes: ['turns'] }, ['approve'], 'scope_missing'],
  ["a key without 'turns'", { scopes: ['read', 'operate'] }, ['read'], 'scope_missing'],
  ['a conversation outside of the prefix', { prefix: 'shop-' }, ['read'], 'foreign_conversation'],
] as const) {
  test(`access: no token is made for ${title}`, () => {
    const access = new Access({ keys: [keyed('shop', setting)] });
    assert.equal(
      refusalOf(() => access.createToken(identify(access, 'shop'), 'c1', { scopes: [...asked] })),
      kind,
    );
  });
}

test('access: a key that is added counts from then on, and one that is withdrawn ends with its tokens', async () => {
  const access = new Access({ keys: [keyed('first'), keyed('shop')] });
  const [ofFirst, ofShop] = [access.createToken(identify(access, 'first'), 'c1', {}), talking(access)];
  await access.replaceKeys([keyed('first'), keyed('late')]);
  assert.equal(identify(access, 'late').name, 'late');
  assert.equal(access.identify({ bearer: ofFirst.token }).name, 'first');
  for (const bearer of ['secret-of-shop', ofShop.token]) {
    assert.equal(
      refusalOf(() => access.identify({ bearer })),
      'unknown_credential',
    );
  }
});

test('access: another first key ends the tokens that were derived from it, and new ones hold in processes that start with it', async () => {
  const access = new Access({ keys: [keyed('first'), keyed('shop')] });
  const { token } = talking(access);
  await access.replaceKeys([keyed('shop'), keyed('first')]);
  assert.equal(
    refusalOf(() => access.identify({ bearer: token })),
    'unknown_credential',
  );
  const renewed = talking(access).token;
  assert.equal(new Access({ keys: [keyed('shop')] }).identify({ bearer: renewed }).kind, 'token');
});

test('access: with a secret of its own no change of another key ends a token', async () => {
  const access = new Access({ keys: [keyed('first'), keyed('shop')], tokenSecret: 'x'.repeat(32) });
  const { token } = talking(access);
  const { key: _, ...hashed } = keyed('shop');
  await access.replaceKeys([hashed]);
  assert.equal(access.identify({ bearer: token }).kind, 'token');
});

test('access: keys are replaced by no less than one, and by one in the clear where the secret is derived', async () => {
  const { key: _, ...hashed } = keyed('other');
  for (const [before, after] of [
    [[keyed('shop')], []],
    [[], [keyed('shop')]],
    [[keyed('shop')], [hashed]],
  ] as const) {
    const access = new Access({ keys: before });
    await assert.rejects(access.replaceKeys(after));
    assert.equal(access.isOpen, before.length === 0);
    if (before.length > 0) assert.equal(identify(access, 'shop').name, 'shop');
  }
});

test('access: a token makes no token', () => {
  const access = new Access({ keys: [keyed('shop')] });
  const { token } = access.createToken(identify(access, 'shop'), 'c1', {});
  assert.equal(
    refusalOf(() => access.createToken(access.identify({ bearer: token }), 'c1', {})),
    'key_needed',
  );
});

test('access: without keys everybody may do everything, but a token only what it says, in the process that made it', () => {
  const open = new Access({ keys: [] });
  assert.equal(open.identify({}).kind, 'local');
  assert.equal(open.identify({ bearer: 'sk-some-key' }).kind, 'local');
  const { token } = open.createToken(open.identify({}), 'c1', { scopes: ['read'] });
  const identity = open.identify({ bearer: token });
  assert.deepEqual([identity.kind, identity.conversation, identity.scopes], ['token', 'c1', ['read']]);
  assert.equal(
    refusalOf(() => new Access({ keys: [] }).identify({ bearer: token })),
    'unknown_credential',
  );
  assert.equal(
    refusalOf(() => open.identify({ inAddress: 'anything' })),
    'unknown_credential',
  );
});

test('access: no refusal quotes a key or a token', () => {
  const access = new Access({ keys: [keyed('shop', { prefix: 'shop-' })], now: () => NOW_MS });
  const { token } = access.createToken(identify(access, 'shop'), 'shop-1', { ttlSeconds: 1 });
  const later = new Access({ keys: [keyed('shop', { prefix: 'shop-' })], now: () => NOW_MS + 2_000 });
  const texts = [
    () => later.identify({ bearer: token }),
    () => access.identify({ inAddress: 'secret-of-shop' }),
    () => requireConversation(access.identify({ bearer: token }), 'shop-2'),
  ].map((action) => {
    try {
      action();
    } catch (error) {
      return error instanceof AccessRefused ? `${error.stack} ${JSON.stringify(error.reason)}` : assert.fail();
    }
    return assert.fail('It was allowed');
  });
  for (const text of texts) assert.ok(!text.includes(token) && !text.includes('secret-of'));
});
