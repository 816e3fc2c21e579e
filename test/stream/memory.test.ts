import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStream } from '../../stream/memory.ts';
import { StreamUnknown } from '../../stream/turn-stream.ts';
import type { NewEvent, StreamedTurn, StreamEvent } from '../../stream/turn-stream.ts';
import { TestClock } from '../test-clock.ts';

const turn = (id: string): StreamedTurn => ({ id, conversationId: 'c', number: 1 });
const by = { turnId: 't', step: 'voice:1', epoch: 0 };
const audio = (index: number, bytes = 100): NewEvent => ({
  type: 'speech.audio',
  speech: '1-1',
  index,
  pcm: new Uint8Array(bytes),
});
const started: NewEvent = { type: 'speech.started', speech: '1-1' };
const finished: NewEvent = { type: 'turn.finished', outcome: 'answered', degraded: false, text: '' };

function openStream(limits = {}): MemoryStream {
  const stream = new MemoryStream(limits);
  stream.open(turn('t'), 0);
  return stream;
}

async function read(stream: MemoryStream, options = {}): Promise<StreamEvent[]> {
  return Array.fromAsync(stream.subscribe('t', options));
}

const seqs = (events: readonly StreamEvent[]): number[] => events.map((event) => event.seq);

test('memory stream: a reader gets what was published before it came and what comes after, then ends', async () => {
  using stream = openStream();
  stream.publish(by, started);
  const reader: AsyncIterator<StreamEvent, undefined> = stream.subscribe('t')[Symbol.asyncIterator]();
  assert.equal((await reader.next()).value?.type, 'speech.started');
  const next = reader.next();
  stream.publish(by, finished);
  assert.equal((await next).value?.type, 'turn.finished');
  assert.equal((await reader.next()).done, true);
});

test('memory stream: a reader that did not ask for audio sees gaps where audio is, and none otherwise', async () => {
  using stream = openStream();
  for (const event of [started, audio(0), audio(0), finished]) stream.publish(by, event);
  assert.deepEqual(seqs(await read(stream)), [1, 4]);
  assert.deepEqual(seqs(await read(stream, { audio: true })), [1, 2, 3, 4]);
});

test('memory stream: a reader continues after the event it names, without loss or repeat', async () => {
  using stream = openStream();
  for (const event of [started, audio(0), audio(1), finished]) stream.publish(by, event);
  assert.deepEqual(seqs(await read(stream, { audio: true, afterSeq: 2 })), [3, 4]);
});

test('memory stream: a new home begins above all that was seen, and the old one is not heard any more (I4)', async () => {
  using stream = openStream();
  stream.publish(by, started);
  stream.publish({ ...by, epoch: 1 }, started);
  stream.publish(by, audio(7));
  stream.publish({ ...by, epoch: 1 }, finished);
  assert.deepEqual(seqs(await read(stream, { audio: true })), [1, 1_000_001, 1_000_002]);
});

test('memory stream: beyond the limit of a turn its oldest audio goes, and its other events stay', async () => {
  using stream = openStream({ perTurnBytes: 3_000 });
  stream.publish(by, started);
  for (let index = 0; index < 10; index += 1) stream.publish(by, audio(index, 500));
  stream.publish(by, finished);
  const events = await read(stream, { audio: true });
  assert.equal(events[0]?.type, 'speech.started');
  const kept = events.flatMap((event) => (event.type === 'speech.audio' ? [event.index] : []));
  assert.deepEqual(kept, [7, 8, 9]);
});

test('memory stream: beyond the limit of all turns the oldest turn goes, and its readers are told', async () => {
  using stream = new MemoryStream({ totalBytes: 3_000 });
  stream.open(turn('old'), 0);
  stream.open(turn('t'), 0);
  stream.publish({ ...by, turnId: 'old' }, audio(0, 2_000));
  const reader = stream.subscribe('old', { audio: true })[Symbol.asyncIterator]();
  await reader.next();
  const next = reader.next();
  stream.publish(by, audio(0, 2_000));
  await assert.rejects(next, StreamUnknown);
  assert.equal(await stream.find('old'), undefined);
  assert.equal(await stream.find('t'), 'open');
});

test('memory stream: a turn that was never opened, or was dropped, is unknown and takes no publications', async () => {
  using stream = new MemoryStream();
  stream.publish(by, started);
  assert.equal(await stream.find('t'), undefined);
  await assert.rejects(read(stream), StreamUnknown);
});

test('memory stream: a reader that goes away leaves nothing waiting', async () => {
  using stream = openStream();
  const leave = new AbortController();
  const reading = read(stream, { signal: leave.signal });
  leave.abort();
  assert.deepEqual(await reading, []);
});

/** Audio of 100 ms each, of two speeches that take turns. */
const piecesOf = (speech: string): NewEvent[] =>
  [0, 1, 2, 3].map((index) => ({ type: 'speech.audio', speech, index, pcm: new Uint8Array(4_800) }));
const cutAt = (heardMs: number): NewEvent => ({
  ...{ type: 'speech.cut', speech: '1-1', kind: 'answer', text: 'Yes.', durationMs: 400, heardText: '' },
  heardMs,
});
const piecesRead = (events: readonly StreamEvent[], speech: string): number[] =>
  events.flatMap((event) => (event.type === 'speech.audio' && event.speech === speech ? [event.index] : []));

test('memory stream: a cut drops audio of its speech beyond what was heard, for readers that have not read it yet', async () => {
  for (const [heardMs, kept] of [
    [0, []],
    [199, [0]],
    [200, [0, 1]],
    [400, [0, 1, 2, 3]],
  ] as const) {
    using stream = openStream();
    for (const event of [...piecesOf('0-1'), ...piecesOf('1-1'), cutAt(heardMs), finished]) stream.publish(by, event);
    const events = await read(stream, { audio: true });
    assert.deepEqual(piecesRead(events, '1-1'), kept);
    assert.deepEqual(piecesRead(events, '0-1'), [0, 1, 2, 3]);
    assert.deepEqual(
      events.slice(-2).map(({ type }) => type),
      ['speech.cut', 'turn.finished'],
    );
  }
});

test('memory stream: a reader in the middle of a speech that is cut goes on with the cut', async () => {
  using stream = openStream();
  for (const event of piecesOf('1-1')) stream.publish(by, event);
  const reader: AsyncIterator<StreamEvent, undefined> = stream.subscribe('t', { audio: true })[Symbol.asyncIterator]();
  await reader.next();
  stream.publish(by, cutAt(100));
  stream.publish(by, finished);
  const rest = [await reader.next(), await reader.next()].map(({ value }) => value?.type);
  assert.deepEqual(rest, ['speech.cut', 'turn.finished']);
});

test('memory stream: a cut of a speech that was heard to its end drops none of it, whatever the length of its pieces', async () => {
  using stream = openStream();
  const pcm = new Uint8Array(4_820);
  for (const index of [0, 1, 2]) stream.publish(by, { type: 'speech.audio', speech: '1-1', index, pcm });
  stream.publish(by, cutAt(Math.round((3 * 4_820) / 48)));
  stream.publish(by, finished);
  assert.deepEqual(piecesRead(await read(stream, { audio: true }), '1-1'), [0, 1, 2]);
});

test('memory stream: `atMs` counts from time zero of the turn to the moment at which something happened', async () => {
  const clock = new TestClock();
  await clock.advance(1_000);
  using stream = new MemoryStream({}, clock);
  stream.open(turn('t'), 900);
  stream.publish(by, started, 940.4);
  stream.open(turn('t'), 990);
  stream.publish(by, started);
  stream.publish(by, finished, 1_020);
  assert.deepEqual(
    (await read(stream)).map(({ atMs }) => atMs),
    [40, 100, 120],
  );
});

test('memory stream: `atMs` never goes back, no matter who publishes and how late', async () => {
  using stream = new MemoryStream({}, new TestClock());
  stream.open(turn('t'), 0);
  for (const happenedMs of [-5, 30, 20]) stream.publish(by, started, happenedMs);
  stream.publish({ ...by, epoch: 1 }, started, 10);
  stream.publish(by, started, 5_000);
  stream.publish({ ...by, epoch: 1 }, finished, 40);
  assert.deepEqual(
    (await read(stream)).map(({ atMs }) => atMs),
    [0, 30, 30, 30, 40],
  );
});

test('memory stream: the end that an old home publishes neither ends nor expires the stream of the new one (I4)', async ({
  mock,
}) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  using stream = openStream({ keepMs: 1_000 });
  stream.publish({ ...by, epoch: 1 }, started);
  stream.publish({ ...by, epoch: 0 }, finished);
  mock.timers.tick(1_000);
  assert.equal(await stream.find('t'), 'open');
  stream.publish({ ...by, epoch: 1 }, finished);
  assert.equal(await stream.find('t'), 'finished');
  mock.timers.tick(1_000);
  assert.equal(await stream.find('t'), undefined);
});
