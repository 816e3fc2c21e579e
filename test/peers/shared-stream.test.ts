import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamEvent } from '../../stream/turn-stream.ts';
import { audio, by, finished, raised, Reader, startPeer, started, stored, turn } from './peer.ts';
import { needsRedis, startRedis } from './redis-server.ts';

test(
  'shared stream: a reader in another process gets the events as they are, audio byte by byte',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using home = await startPeer(redis.url);
    using other = await startPeer(redis.url);
    const of = turn();
    home.stream.open(of, 0);
    home.stream.publish(by(of), started, 5);
    await stored(home, of.id, 1);
    assert.equal(await other.stream.find(of.id), 'open');
    await using reader = new Reader(other, of);
    assert.deepEqual(await reader.event(), { ...started, seq: 1, atMs: 5 });
    const next = reader.event();
    home.stream.publish(by(of), audio(20, 7), 25);
    const heard = (await next) as Extract<StreamEvent, { type: 'speech.audio' }>;
    assert.deepEqual({ ...heard, pcm: [...heard.pcm] }, { ...audio(20, 7), pcm: Array(960).fill(7), seq: 2, atMs: 25 });
    home.stream.publish(by(of), finished, 30);
    assert.deepEqual(await reader.take(2), ['3 turn.finished', 'end']);
  },
);

test(
  'shared stream: a reader that comes back at another process goes on after its last event',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using home = await startPeer(redis.url);
    using other = await startPeer(redis.url);
    const of = turn();
    home.stream.open(of, 0);
    for (let count = 0; count < 250; count += 1) home.stream.publish(by(of), started, count);
    home.stream.publish(by(of), finished, 300);
    await stored(home, of.id, 251);
    await using reader = new Reader(other, of, { afterSeq: 249 });
    assert.deepEqual(await reader.take(3), ['250 speech.started', '251 turn.finished', 'end']);
  },
);

test(
  'shared stream: audio of a cut speech beyond what was heard reaches no reader elsewhere, however late it comes',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using home = await startPeer(redis.url);
    using other = await startPeer(redis.url);
    const of = turn();
    home.stream.open(of, 0);
    await using early = new Reader(other, of);
    home.stream.publish(by(of), started, 0);
    for (let piece = 0; piece < 5; piece += 1) home.stream.publish(by(of), audio(20), 1);
    await stored(home, of.id, 6);
    assert.equal(await early.next(), '1 speech.started');
    const cut = { speech: '1-1', kind: 'answer', text: 'Well.', durationMs: 100, heardText: '', heardMs: 40 } as const;
    home.stream.publish(by(of), { type: 'speech.cut', ...cut }, 40);
    home.stream.publish(by(of), finished, 41);
    await stored(home, of.id, 8);
    await using late = new Reader(other, of);
    const heard = ['2 speech.audio', '3 speech.audio', '7 speech.cut', '8 turn.finished', 'end'];
    assert.deepEqual(await late.take(6), ['1 speech.started', ...heard]);
    assert.deepEqual(await early.take(5), heard);
    const kept = await home.link.ask<unknown[]>(['XRANGE', home.keys.events(of.id), '-', '+']);
    assert.equal(kept.length, 5, 'Redis does not keep it either');
  },
);

test(
  'shared stream: what an older home publishes reaches nobody, and it is told that it is no longer home',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using old = await startPeer(redis.url);
    using next = await startPeer(redis.url);
    using other = await startPeer(redis.url);
    const of = turn();
    old.stream.open(of, 0);
    old.stream.publish(by(of), started, 1);
    await stored(old, of.id, 1);
    await using reader = new Reader(other, of);
    assert.equal(await reader.next(), '1 speech.started');
    next.stream.open(of, 0, 1);
    await raised(next, of.id, 1);
    old.stream.publish(by(of), started, 2);
    while (old.replaced.length === 0) await old.link.ask(['PING']);
    assert.deepEqual(old.replaced, [[of.id, 1]]);
    next.stream.publish(by(of, 1), finished, 3);
    assert.deepEqual(await reader.take(2), ['1000001 turn.finished', 'end']);
  },
);

test(
  'shared stream: readers at a home that is replaced go on with what the new one publishes',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using old = await startPeer(redis.url);
    using next = await startPeer(redis.url);
    const of = turn();
    old.stream.open(of, 0);
    old.stream.publish(by(of), started, 1);
    await stored(old, of.id, 1);
    await using reader = new Reader(old, of);
    assert.equal(await reader.next(), '1 speech.started');
    next.stream.open(of, 0, 1);
    next.stream.publish(by(of, 1), started, 2);
    await stored(next, of.id, 1_000_001);
    old.stream.drop(of.id);
    next.stream.publish(by(of, 1), finished, 3);
    assert.deepEqual(await reader.take(3), ['1000001 speech.started', '1000002 turn.finished', 'end']);
  },
);

test('shared stream: a process that takes over a turn that it reads goes on in the same log', needsRedis, async () => {
  await using redis = await startRedis();
  using old = await startPeer(redis.url);
  using next = await startPeer(redis.url);
  using other = await startPeer(redis.url);
  const of = turn();
  old.stream.open(of, 0);
  old.stream.publish(by(of), started, 1);
  await stored(old, of.id, 1);
  await using beside = new Reader(next, of);
  assert.equal(await beside.next(), '1 speech.started');
  next.stream.open(of, 0, 1);
  next.stream.publish(by(of, 1), finished, 3);
  assert.deepEqual(await beside.take(2), ['1000001 turn.finished', 'end']);
  await stored(next, of.id, 1_000_001);
  await using late = new Reader(other, of);
  assert.deepEqual(await late.take(3), ['1 speech.started', '1000001 turn.finished', 'end']);
});

test(
  'shared stream: a reader that comes after events were dropped is told which, and gets what follows',
  needsRedis,
  async () => {
    await using redis = await startRedis();
    using home = await startPeer(redis.url, { perTurnBytes: 1_000 });
    using other = await startPeer(redis.url, { perTurnBytes: 1_000 });
    const of = turn();
    home.stream.open(of, 0);
    for (let count = 0; count < 10; count += 1) home.stream.publish(by(of), started, count);
    home.stream.publish(by(of), finished, 11);
    await stored(home, of.id, 11);
    for (const peer of [home, other]) {
      const lost: number[] = [];
      await using reader = new Reader(peer, of, { afterSeq: 2, onLost: (seq) => lost.push(seq) });
      const first = Number((await reader.next()).split(' ')[0]);
      assert.ok(first > 3);
      assert.deepEqual(lost, [first - 1]);
    }
    const kept = await home.link.ask<unknown[]>(['XRANGE', home.keys.events(of.id), '-', '+']);
    assert.ok(kept.length < 5, `Redis keeps ${kept.length}`);
  },
);

test('shared stream: turns expire in Redis 60 s after they were last heard of', needsRedis, async () => {
  await using redis = await startRedis();
  using home = await startPeer(redis.url);
  const of = turn();
  home.stream.open(of, 0);
  home.stream.publish(by(of), finished, 1);
  await stored(home, of.id, 1);
  for (const key of [home.keys.turn(of.id), home.keys.events(of.id), home.keys.conversation('c')]) {
    const leftMs = await home.link.ask<number>(['PTTL', key]);
    assert.ok(leftMs > 0 && leftMs <= 60_000, `${key}: ${leftMs}`);
  }
});
