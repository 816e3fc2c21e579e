import assert from 'node:assert/strict';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { test } from 'node:test';
import { Rendezvous } from '../../service/rendezvous.ts';

/** Offers numbers as fast as they are taken; returns how many were. */
function offerAll(meeting: Rendezvous<string>, name: string) {
  const counts = { offered: 0 };
  const over = (async () => {
    for (let number = 1; number <= 3; number += 1) {
      counts.offered += 1;
      await meeting.offer(`${name}${number}`);
    }
  })();
  return { counts, over };
}

test('rendezvous: a source offers nothing more until the reader has done with its item', async () => {
  const meeting = new Rendezvous<string>();
  const { counts, over } = offerAll(meeting, 'a');
  const reader = meeting[Symbol.asyncIterator]();
  assert.equal((await reader.next()).value, 'a1');
  await turnOfLoop();
  assert.equal(counts.offered, 1);
  assert.equal((await reader.next()).value, 'a2');
  await reader.return(undefined);
  await over;
  assert.equal((await reader.next()).done, true);
});

test('rendezvous: items of several sources come in the order in which they were offered', async () => {
  const meeting = new Rendezvous<string>();
  const sources = [offerAll(meeting, 'a'), offerAll(meeting, 'b')];
  const read: string[] = [];
  void Promise.all(sources.map(({ over }) => over)).then(() => meeting.end());
  for await (const item of meeting) read.push(item);
  assert.deepEqual(read, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
});

test('rendezvous: a fault reaches the reader, and frees those who wait', async () => {
  const meeting = new Rendezvous<string>();
  const { over } = offerAll(meeting, 'a');
  meeting.fail(new Error('The source is gone'));
  await over;
  await assert.rejects(meeting[Symbol.asyncIterator]().next(), /The source is gone/);
});
