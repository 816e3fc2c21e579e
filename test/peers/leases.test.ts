import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedLeases } from '../../peers/shared-leases.ts';
import { TestClock } from '../../testing/clock/test-clock.ts';
import { type Peer, startPeer } from './peer.ts';
import { needsRedis, startRedis } from './redis-server.ts';

const leasesOf = (peer: Peer, clock?: TestClock): SharedLeases =>
  new SharedLeases({ ...peer, holder: { agent: 'orders', version: '0' }, ...(clock && { clock }) });

const held = async (leases: SharedLeases): Promise<void> => {
  while (leases.isHeld !== true) await leases.isFresh('nobody');
};

test(
  'leases: a process that holds its lease is known to live, and one that gave it back is known to be gone',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using peer = await startPeer(redis.url);
    using other = await startPeer(redis.url);
    const leases = leasesOf(peer);
    using others = leasesOf(other);
    await held(leases);
    assert.equal(await others.isFresh(peer.home), true);
    // As if it had been there for long.
    await other.link.ask(['SET', other.keys.born, '1']);
    leases[Symbol.dispose]();
    assert.equal(await others.isFresh(peer.home), false);
  },
);

test('leases: a Redis that has just begun, or is away, says of nobody that it is gone', needsRedis, async () => {
  await using redis = await startRedis();
  using peer = await startPeer(redis.url);
  using leases = leasesOf(peer);
  await held(leases);
  assert.equal(await leases.isFresh('another'), 'unknown');
  const gone = new Promise<void>((resolve) => peer.link.onDown(resolve));
  await redis.kill();
  await gone;
  assert.equal(await leases.isFresh('another'), 'unknown');
});

test('leases: a process that stalled finds on waking that it holds its lease no longer', needsRedis, async () => {
  await using redis = await startRedis();
  using peer = await startPeer(redis.url);
  const clock = new TestClock();
  using leases = leasesOf(peer, clock);
  let lost = 0;
  leases.onLost(() => (lost += 1));
  await held(leases);
  await clock.advance(1_000);
  assert.equal(lost, 0);
  const redisIsSilent = new Promise<void>((resolve) => peer.link.onDown(resolve));
  await redis.kill();
  await redisIsSilent;
  await clock.advance(3_000);
  assert.equal(lost, 1);
  assert.equal(leases.isHeld, 'unknown');
});
