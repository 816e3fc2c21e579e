import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreatedToken } from '../../../contract/access.ts';
import { toApiKeys } from '../../../server/access/api-key.ts';
import { createFrontEndWorld, type FrontEndWorld, problemOf } from '../../front-end-world.ts';
import { ConversationReader } from './followed-conversation.ts';

const [first, shop, late] = toApiKeys(['first-key', 'shop-key', 'late-key']);
assert.ok(first && shop && late);

let world: FrontEndWorld;

before(async () => {
  world = await createFrontEndWorld({ frontEnd: { apiKeys: [first, shop] } });
});
after(() => world[Symbol.asyncDispose]());

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

test('reloaded keys: the streams of a conversation end with the key that opened them, or whose token did, and no others', async () => {
  const headers = bearer('shop-key');
  const { body } = await world.send('/v1/conversations', { json: {}, headers });
  const { id } = body as { readonly id: string };
  const created = await world.send(`/v1/conversations/${id}/tokens`, { json: {}, headers });
  const { token } = CreatedToken.parse(created.body);
  const follow = (key: string) => ConversationReader.open(world.url, id, { key });
  await using byFirst = await follow('first-key');
  await using byShop = await follow('shop-key');
  await using byToken = await follow(token);
  for (const reader of [byFirst, byShop, byToken]) await reader.take(1);

  await world.access.replaceKeys([first, late]);
  assert.deepEqual([await byShop.rest(), await byToken.rest()], [[], []]);
  for (const key of ['shop-key', token]) {
    problemOf(await world.send(`/v1/conversations/${id}/events`, { headers: bearer(key) }), 401, 'unauthorized');
  }
  await world.post(id, 'Hello', bearer('late-key'));
  const [started] = await byFirst.take(1);
  assert.equal(started?.event.type, 'turn.started');
});
