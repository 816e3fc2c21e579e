import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStream } from '../../stream/memory.ts';
import type { ConversationNews, FollowOptions, NewEvent, StreamedTurn } from '../../stream/turn-stream.ts';

const by = (turnId: string) => ({ turnId, step: 'voice:1', epoch: 0 });
const turn = (number: number, conversationId = 'c'): StreamedTurn => ({
  id: `${conversationId}${number}`,
  conversationId,
  number,
});
const started: NewEvent = { type: 'speech.started', speech: '1-1' };
const audio: NewEvent = { type: 'speech.audio', speech: '1-1', index: 0, pcm: new Uint8Array(100) };
const finished: NewEvent = { type: 'turn.finished', outcome: 'answered', degraded: false, text: '' };

class Reader implements AsyncDisposable {
  readonly #leaving = new AbortController();
  readonly #news: AsyncIterator<ConversationNews, undefined>;

  constructor(stream: MemoryStream, options: Partial<FollowOptions> = {}) {
    const { signal } = this.#leaving;
    this.#news = stream.follow('c', { startsAfter: () => 0, signal, ...options })[Symbol.asyncIterator]();
  }

  /** The next news as `turn:seq type`. */
  async next(): Promise<string> {
    const { value: news } = await this.#news.next();
    if (!news) return 'end';
    const { event } = news;
    return event ? `${news.turn.id}:${event.seq} ${event.type}` : `${news.turn.id} gone`;
  }

  async take(count: number): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  leave(): void {
    this.#leaving.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await this.#news.return?.();
  }
}

test('conversation stream: turns that overlap are told in the order of publication, also to a reader that is behind', async () => {
  using stream = new MemoryStream();
  await using early = new Reader(stream);
  const first = early.next();
  stream.open(turn(1), 0);
  stream.publish(by('c1'), started);
  assert.equal(await first, 'c1:1 speech.started');
  stream.open(turn(2), 0);
  stream.publish(by('c2'), started);
  stream.publish(by('c1'), finished);
  stream.publish(by('c2'), finished);
  const rest = ['c2:1 speech.started', 'c1:2 turn.finished', 'c2:2 turn.finished'];
  assert.deepEqual(await early.take(3), rest);
  await using late = new Reader(stream);
  assert.deepEqual(await late.take(4), ['c1:1 speech.started', ...rest]);
});

test('conversation stream: a reader hears nothing of other conversations', async () => {
  using stream = new MemoryStream();
  await using reader = new Reader(stream);
  const first = reader.next();
  stream.open(turn(1, 'd'), 0);
  stream.publish(by('d1'), started);
  stream.open(turn(1), 0);
  stream.publish(by('c1'), started);
  assert.equal(await first, 'c1:1 speech.started');
});

test('conversation stream: a reader gets audio only if it asks for it', async () => {
  using stream = new MemoryStream();
  stream.open(turn(1), 0);
  for (const event of [audio, started]) stream.publish(by('c1'), event);
  await using silent = new Reader(stream);
  await using all = new Reader(stream, { audio: true });
  assert.equal(await silent.next(), 'c1:2 speech.started');
  assert.deepEqual(await all.take(2), ['c1:1 speech.audio', 'c1:2 speech.started']);
});

test('conversation stream: a reader goes on in each turn where it was, and leaves out those that it names', async () => {
  using stream = new MemoryStream();
  for (const number of [1, 2, 3]) {
    stream.open(turn(number), 0);
    for (const event of [started, finished]) stream.publish(by(`c${number}`), event);
  }
  const startsAfter = ({ number }: StreamedTurn): number | undefined => [undefined, 1, 0][number - 1];
  await using reader = new Reader(stream, { startsAfter });
  assert.deepEqual(await reader.take(3), ['c2:2 turn.finished', 'c3:1 speech.started', 'c3:2 turn.finished']);
});

test('conversation stream: a turn that is dropped before a reader has all of it is told as gone, and told again when it comes back', async () => {
  using stream = new MemoryStream();
  await using reader = new Reader(stream);
  stream.open(turn(1), 0);
  for (const event of [started, audio]) stream.publish(by('c1'), event);
  assert.equal(await reader.next(), 'c1:1 speech.started');
  stream.drop('c1');
  assert.equal(await reader.next(), 'c1 gone');
  stream.open(turn(1), 0);
  stream.publish({ ...by('c1'), epoch: 2 }, started);
  assert.equal(await reader.next(), 'c1:2000001 speech.started');
});

test('conversation stream: a turn that a reader has to its end is not told as gone when it expires', async () => {
  using stream = new MemoryStream();
  await using reader = new Reader(stream);
  stream.open(turn(1), 0);
  stream.publish(by('c1'), finished);
  assert.equal(await reader.next(), 'c1:1 turn.finished');
  stream.drop('c1');
  stream.open(turn(2), 0);
  stream.publish(by('c2'), started);
  assert.equal(await reader.next(), 'c2:1 speech.started');
});

test('conversation stream: a reader that is told to end gets what was published, and no more', async () => {
  using stream = new MemoryStream();
  const ending = new AbortController();
  await using reader = new Reader(stream, { ending: ending.signal });
  stream.open(turn(1), 0);
  for (const event of [started, finished]) stream.publish(by('c1'), event);
  assert.equal(await reader.next(), 'c1:1 speech.started');
  ending.abort();
  assert.deepEqual(await reader.take(2), ['c1:2 turn.finished', 'end']);
});

test('conversation stream: a reader that leaves while it waits ends, and the stream keeps nothing for it', async () => {
  using stream = new MemoryStream();
  const reader = new Reader(stream);
  const next = reader.next();
  assert.equal(stream.followers, 1);
  reader.leave();
  assert.equal(await next, 'end');
  assert.equal(stream.followers, 0);
});
