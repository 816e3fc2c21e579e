import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRelay } from '../faults/relay.ts';
import { by, finished, type Peer, Reader, startPeer, started, stored, turn } from './peer.ts';
import { needsRedis, startRedis } from './redis-server.ts';

/** Resolves when the process has Redis again. */
const back = async ({ link }: Peer): Promise<void> => {
  if (!link.isUp) await new Promise<void>((resolve) => link.onUp(resolve));
};
/** Resolves when it is found that Redis is gone. */
const gone = ({ link }: Peer): Promise<void> => new Promise((resolve) => link.onDown(resolve));

test(
  'shared stream: a Redis that is killed and comes back empty gets the open turns again, and readers elsewhere miss nothing',
  needsRedis,
  async () => {
    await using first = await startRedis();
    using home = await startPeer(first.url);
    using other = await startPeer(first.url);
    const of = turn();
    home.stream.open(of, 0);
    await using beside = new Reader(home, of);
    await using elsewhere = new Reader(other, of);
    home.stream.publish(by(of), started, 1);
    await stored(home, of.id, 1);
    assert.equal(await elsewhere.next(), '1 speech.started');
    const noticed = Promise.all([gone(home), gone(other)]);
    await first.kill();
    await noticed;
    home.stream.publish(by(of), started, 2);
    assert.deepEqual(await beside.take(2), ['1 speech.started', '2 speech.started'], 'beside home nothing is noticed');
    await using _again = await startRedis({ port: Number(new URL(first.url).port) });
    await Promise.all([back(home), back(other)]);
    home.stream.publish(by(of), finished, 3);
    assert.deepEqual(await elsewhere.take(3), ['2 speech.started', '3 turn.finished', 'end']);
    await using late = new Reader(other, of);
    assert.deepEqual(await late.take(4), ['1 speech.started', '2 speech.started', '3 turn.finished', 'end']);
  },
);

test(
  'shared stream: a Redis that is emptied while turns are open gets them again with their next event',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using home = await startPeer(redis.url);
    using other = await startPeer(redis.url);
    const of = turn();
    home.stream.open(of, 0);
    home.stream.publish(by(of), started, 1);
    await stored(home, of.id, 1);
    await home.link.ask(['FLUSHALL']);
    home.stream.publish(by(of), started, 2);
    await stored(home, of.id, 2);
    await using reader = new Reader(other, of);
    assert.deepEqual(await reader.take(2), ['1 speech.started', '2 speech.started']);
  },
);

test(
  'shared stream: a process that starts without Redis serves its own readers, and others once Redis is there',
  needsRedis,
  async () => {
    await using relay = await startRelay('127.0.0.1:1');
    using alone = await startPeer(`redis://${relay.address}`);
    assert.equal(alone.link.isUp, false);
    assert.match(alone.faults[0]?.sentence ?? '', /cannot be reached/);
    const of = turn();
    alone.stream.open(of, 0);
    await using reader = new Reader(alone, of);
    alone.stream.publish(by(of), started, 1);
    assert.equal(await reader.next(), '1 speech.started');
    assert.equal(await alone.stream.find('turn-c-7'), undefined);
  },
);

test(
  'shared stream: a Redis that does not answer any more is given up, and nobody beside home waits for it',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    await using relay = await startRelay(redis.address);
    using home = await startPeer(`redis://${relay.address}`);
    const of = turn();
    home.stream.open(of, 0);
    home.stream.publish(by(of), started, 1);
    await stored(home, of.id, 1);
    const noticed = gone(home);
    relay.pause();
    home.stream.publish(by(of), started, 2);
    await using reader = new Reader(home, of);
    assert.deepEqual(await reader.take(2), ['1 speech.started', '2 speech.started']);
    await noticed;
    assert.match(home.faults.at(-1)?.sentence ?? '', /did not answer within 2000 ms/);
    relay.resume();
    await back(home);
    await stored(home, of.id, 2);
  },
);

test(
  'shared stream: a Redis whose memory is full stores nothing more, and takes up again when it has room',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using home = await startPeer(redis.url);
    const of = turn();
    home.stream.open(of, 0);
    await stored(home, of.id, 0);
    await home.link.ask(['CONFIG', 'SET', 'maxmemory', '1']);
    home.stream.publish(by(of), started, 1);
    await using reader = new Reader(home, of);
    assert.equal(await reader.next(), '1 speech.started');
    while (home.refusals.length === 0) await home.link.ask(['PING']);
    assert.match(String(home.refusals[0]), /OOM/);
    await home.link.ask(['CONFIG', 'SET', 'maxmemory', '0']);
    await stored(home, of.id, 1);
  },
);
