import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { type Answer, createFrontEndWorld, problemOf } from '../../front-end-world.ts';
import { holdTurns } from '../../held-turns.ts';
import { startRelay } from '../../faults/relay.ts';

// One turn may be open. Of two conversations one is forgotten, so that its post has to ask Temporal first.
const narrow = { frontEnd: { maxOpenTurns: 1 }, maxKnownConversations: 1 };
const temporal = (): string => process.env['TEMPORAL_ADDRESS'] ?? '';
const slugOf = ({ body }: Answer): string | undefined => (body as { type?: string }).type?.split(':').at(-1);

test('places: posts that wait for Temporal count, and give their place back when they are refused', async () => {
  await using relay = await startRelay(temporal());
  await using world = await createFrontEndWorld({ ...narrow, temporalAddress: relay.address });
  const forgotten = await world.newConversation();
  await world.newConversation();
  relay.pause();
  const answers = await Promise.all(Array.from({ length: 5 }, () => world.post(forgotten, 'Hi')));
  relay.resume();
  const slugs = answers.map(slugOf).sort();
  assert.deepEqual(slugs, ['temporal-unreachable', ...Array<string>(4).fill('too-many-turns')]);
  assert.equal((await world.play(forgotten, 'Hi')).outcome, 'answered');
});

test('places: a post for a conversation that is not there gives its place back', async () => {
  await using world = await createFrontEndWorld(narrow);
  problemOf(await world.post('nowhere', 'Hi'), 404, 'unknown-conversation');
  assert.equal((await world.play(await world.newConversation(), 'Hi')).outcome, 'answered');
});

test('places: repeats of a key need none, at once and while the turn is open', async () => {
  const holding = holdTurns();
  await using world = await createFrontEndWorld({ ...holding.options, ...narrow });
  const forgotten = await world.newConversation();
  await world.newConversation();
  const key = { 'Idempotency-Key': 'order-7' };
  const turns = await Promise.all(Array.from({ length: 5 }, () => world.accept(forgotten, 'hold', key)));
  await holding.held;
  turns.push(await world.accept(forgotten, 'hold', key));
  assert.equal(new Set(turns.map(({ id }) => id)).size, 1);
  problemOf(await world.post(forgotten, 'Another', key), 409, 'idempotency-key-reused');
  holding.release();
  await world.ended(turns[0]?.id ?? '');
  assert.equal(holding.runs(), 1);
});

test('places: a post whose client leaves before its turn was started starts none', async () => {
  await using relay = await startRelay(temporal());
  await using world = await createFrontEndWorld({
    maxKnownConversations: 1,
    temporalAddress: relay.address,
  });
  const forgotten = await world.newConversation();
  await world.newConversation();
  relay.pause();
  const headers = { 'Content-Type': 'application/json' };
  const post = request(`${world.url}/v1/conversations/${forgotten}/turns`, { method: 'POST', headers });
  const broken = once(post, 'error');
  post.end(JSON.stringify({ input: { text: 'Hi' }, modality: 'text' }));
  await once(post, 'finish');
  // What is answered later was read later: then the post waits for Temporal, and then its client is known to have left.
  await world.send('/healthz');
  post.destroy();
  await broken;
  await world.send('/healthz');
  relay.resume();
  const turn = await world.play(forgotten, 'Hello');
  assert.deepEqual([turn.number, turn.outcome], [1, 'answered']);
});
