import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { readRedisAddress } from '../../peers/redis/redis-address.ts';
import { redisFault } from '../../peers/redis/redis-fault.ts';
import { startPeer } from './peer.ts';
import { needsRedis, startRedis } from './redis-server.ts';

const PASSWORD = 'sesame-7';

/** What is found at an address. */
async function faultOf(url: string) {
  using peer = await startPeer(url);
  assert.equal(peer.link.isUp, false, 'It was taken');
  const [fault] = peer.faults;
  assert.ok(fault);
  assert.ok(!fault.sentence.includes(PASSWORD), 'It quotes a password');
  return fault;
}

test('bad Redis: one that needs a password says where to put it, and refuses a wrong one', needsRedis, async () => {
  await using redis = await startRedis({ more: ['--requirepass', PASSWORD] });
  assert.deepEqual(await faultOf(redis.url), {
    kind: 'refused',
    sentence: `Redis at '${redis.address}' needs a password; put it into REDIS_URL: redis://:password@host:port, or redis://user:password@host:port`,
  });
  assert.deepEqual(await faultOf(`redis://:wrong@${redis.address}`), {
    kind: 'refused',
    sentence: `Redis at '${redis.address}' refuses the user or the password of REDIS_URL; correct them`,
  });
  using peer = await startPeer(`redis://:${PASSWORD}@${redis.address}`);
  assert.equal(peer.link.isUp, true);
});

test(
  'bad Redis: a user who may not do what is needed is told what to grant, and with that it is enough',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using admin = await startPeer(redis.url);
    await admin.link.ask(['ACL', 'SETUSER', 'legato', 'on', `>${PASSWORD}`, '~other:*', '+@all']);
    const url = `redis://legato:${PASSWORD}@${redis.address}`;
    const { kind, sentence } = await faultOf(url);
    assert.equal(kind, 'refused');
    const grant = /grant it (.+)$/.exec(sentence)?.[1] ?? '';
    await admin.link.ask(['ACL', 'SETUSER', 'legato', 'resetkeys', 'nocommands', ...grant.split(' ')]);
    using peer = await startPeer(url);
    assert.equal(peer.link.isUp, true);
  },
);

test('bad Redis: a node of a cluster is refused', needsRedis, async () => {
  await using redis = await startRedis({ more: ['--cluster-enabled', 'yes'] });
  assert.deepEqual(await faultOf(redis.url), {
    kind: 'refused',
    sentence: `Redis at '${redis.address}' is a node of a cluster, which is not supported; set REDIS_URL to a single Redis or Valkey server`,
  });
});

test('bad Redis: a replica is refused', needsRedis, async () => {
  await using redis = await startRedis();
  await using replica = await startRedis({ more: ['--replicaof', '127.0.0.1', redis.address.split(':')[1] ?? ''] });
  const { kind, sentence } = await faultOf(replica.url);
  assert.deepEqual([kind, /is a replica, which takes no writes/.test(sentence)], ['refused', true]);
});

test('bad Redis: a number of a database that it does not have is refused', needsRedis, async () => {
  await using redis = await startRedis();
  const { kind, sentence } = await faultOf(`${redis.url}/99`);
  assert.deepEqual([kind, /has no database of the number in REDIS_URL/.test(sentence)], ['refused', true]);
});

test('bad Redis: rediss:// to one without TLS says what to do', needsRedis, async () => {
  await using redis = await startRedis();
  const { sentence } = await faultOf(`rediss://${redis.address}`);
  assert.match(sentence, /switch TLS on there, or begin REDIS_URL with 'redis:\/\/'/);
});

test('bad Redis: another program that listens there is told from one that is away', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { sentence } = await faultOf(`redis://127.0.0.1:${port}`);
  assert.equal(sentence, `What listens at '127.0.0.1:${port}' is not Redis; correct REDIS_URL`);
  server.close();
});

test('bad Redis: a text that is not the address of one server is refused, and never quoted', () => {
  for (const text of [
    PASSWORD,
    `http://${PASSWORD}@a`,
    `redis://:${PASSWORD}@`,
    `redis://a/b`,
    'redis://a/0/1',
    'redis://a?b=c',
    'a:6379',
  ]) {
    const rule = readRedisAddress(text);
    assert.ok(typeof rule === 'string' && !rule.includes(PASSWORD), text);
  }
  assert.deepEqual(readRedisAddress(`rediss://me:${PASSWORD}@a:7/3`), {
    ...{ url: `rediss://me:${PASSWORD}@a:7/3`, where: 'a:7', database: 3 },
  });
  assert.deepEqual(readRedisAddress('redis://a'), { url: 'redis://a', where: 'a:6379', database: 0 });
});

test('bad Redis: certificates that are not trusted, and old servers, have a sentence of their own', () => {
  const at = { where: 'a:6379', url: 'rediss://a' };
  assert.match(redisFault(new Error('self-signed certificate'), at).sentence, /NODE_EXTRA_CA_CERTS/);
  assert.match(redisFault(new Error('It is older than 6.2'), at).sentence, /Redis 6\.2 or newer is needed/);
});

test('keys: agents, namespaces and databases share nothing', needsRedis, async () => {
  await using redis = await startRedis();
  using first = await startPeer(redis.url);
  using second = await startPeer(`${redis.url}/1`);
  assert.notEqual(first.keys.turn('a'), second.keys.turn('a'));
  assert.match(first.keys.turn('a'), /^legato:\{test\/orders\}:/);
});
