import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import type { ToldTurn } from '../../record/told-turns.ts';
import { ConversationPosition } from '../../service/conversation-position.ts';
import { ConversationReadings, type FollowedEvent } from '../../service/conversation-readings.ts';
import type { ReadEvent } from '../../service/turn-readings.ts';
import { MemoryStream } from '../../stream/memory.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';

const started: NewEvent = { type: 'speech.started', speech: '1-1' };
const finished = { type: 'turn.finished', outcome: 'answered', degraded: false, text: '' } as const;

/** A conversation whose record, and the ends of whose turns, the test tells by hand. */
class Scene implements AsyncDisposable {
  readonly stream = new MemoryStream();
  readonly leaving = new AbortController();
  readonly asked: string[] = [];
  readonly #readings: ConversationReadings;
  readonly #ends = new Map<string, PromiseWithResolvers<boolean>>();
  #told = Promise.withResolvers<readonly ToldTurn[]>();
  #events: AsyncIterator<FollowedEvent, undefined> | undefined;

  constructor() {
    const { stream } = this;
    this.#readings = new ConversationReadings({
      stream,
      conversations: { follow: (_, signal) => this.#record(signal) },
      turnRecords: { waitForEnd: (id) => this.#endOf(id).promise },
      readings: { snapshot: (_, { afterSeq }) => this.#snapshot(afterSeq) },
    });
  }

  async follow(first: readonly ToldTurn[], after?: string): Promise<void> {
    this.tell(...first);
    const position = after === undefined ? undefined : ConversationPosition.parse(after);
    const query = { audio: false, signal: this.leaving.signal, ...(position && { after: position }) };
    const { events } = await this.#readings.follow('c', query);
    this.#events = events[Symbol.asyncIterator]();
  }

  /** The record was told of turns. */
  tell(...turns: readonly ToldTurn[]): void {
    this.#told.resolve(turns);
  }

  /** A turn has ended, in another process. */
  end(number: number): void {
    this.#endOf(`t${number}`).resolve(true);
  }

  open(number: number): void {
    this.stream.open({ id: `t${number}`, conversationId: 'c', number }, 0);
  }

  publish(number: number, event: NewEvent, epoch = 0): void {
    this.stream.publish({ turnId: `t${number}`, step: 'voice:1', epoch }, event);
  }

  async next(): Promise<string> {
    const { value } = (await this.#events?.next()) ?? {};
    return value ? `${value.turnId}:${value.event.seq} ${value.event.type}` : 'end';
  }

  async take(count: number): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  stop(): void {
    this.#readings.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leaving.abort();
    while (this.#events && !(await this.#events.next()).done);
    this.stream[Symbol.dispose]();
  }

  async *#record(signal: AbortSignal): AsyncGenerator<readonly ToldTurn[]> {
    const left = Promise.withResolvers<undefined>();
    signal.addEventListener('abort', () => left.resolve(undefined), { once: true });
    for (;;) {
      const told = await Promise.race([this.#told.promise, left.promise]);
      if (!told) return;
      this.#told = Promise.withResolvers();
      yield told;
    }
  }

  #endOf(id: string): PromiseWithResolvers<boolean> {
    const end = this.#ends.get(id) ?? Promise.withResolvers<boolean>();
    this.#ends.set(id, end);
    return end;
  }

  async *#snapshot(afterSeq: number): AsyncGenerator<ReadEvent> {
    yield await Promise.resolve({ ...finished, seq: afterSeq + 2, atMs: 0 });
  }
}

const told = (number: number, hasEnded = false): ToldTurn => ({ id: `t${number}`, number, hasEnded });

test('followed conversation: a turn of another process is told at its end, while turns here go on', async () => {
  await using scene = new Scene();
  await scene.follow([told(1)]);
  scene.open(2);
  scene.publish(2, started);
  assert.equal(await scene.next(), 't2:1 speech.started');
  scene.end(1);
  assert.equal(await scene.next(), 't1:2 turn.finished');
  scene.publish(2, finished);
  assert.equal(await scene.next(), 't2:2 turn.finished');
});

test('followed conversation: a turn that goes to another process in mid-turn is told to its end from there, once', async () => {
  await using scene = new Scene();
  await scene.follow([]);
  scene.open(1);
  scene.publish(1, started);
  assert.equal(await scene.next(), 't1:1 speech.started');
  scene.stream.drop('t1');
  scene.tell(told(1));
  scene.end(1);
  assert.equal(await scene.next(), 't1:3 turn.finished');
  scene.open(2);
  scene.publish(2, finished);
  assert.equal(await scene.next(), 't2:1 turn.finished');
});

test('followed conversation: a turn that comes back to this process is told by its stream, and not again at its end', async () => {
  await using scene = new Scene();
  await scene.follow([told(1)], '0,1:3:t1');
  scene.open(1);
  scene.publish(1, started, 1);
  scene.publish(1, finished, 1);
  assert.deepEqual(await scene.take(2), ['t1:1000001 speech.started', 't1:1000002 turn.finished']);
  scene.end(1);
  scene.open(2);
  scene.publish(2, finished);
  assert.equal(await scene.next(), 't2:1 turn.finished');
});

test('followed conversation: what ended meanwhile comes by number before what is read here, and a turn that was had does not come', async () => {
  await using scene = new Scene();
  scene.open(5);
  scene.publish(5, started);
  await scene.follow([told(4, true), told(2, true), told(3), told(3, true), told(1, true)], '1,2:x:t2');
  assert.deepEqual(await scene.take(3), ['t3:2 turn.finished', 't4:2 turn.finished', 't5:1 speech.started']);
});

test('followed conversation: a service that stops tells what was published, and ends', async () => {
  await using scene = new Scene();
  await scene.follow([told(1)]);
  scene.open(2);
  scene.publish(2, finished);
  scene.stop();
  assert.deepEqual(await scene.take(2), ['t2:1 turn.finished', 'end']);
});

test('followed conversation: a reader holds as much after five hundred turns as after one, and nothing when it has left', async () => {
  await using scene = new Scene();
  await scene.follow([]);
  const { signal } = scene.leaving;
  const held: number[] = [];
  for (let number = 1; number <= 500; number += 1) {
    scene.open(number);
    scene.publish(number, finished);
    assert.equal(await scene.next(), `t${number}:1 turn.finished`);
    scene.stream.drop(`t${number}`);
    held.push(getEventListeners(signal, 'abort').length);
  }
  assert.equal(held.at(-1), held[0]);
  assert.equal(scene.stream.followers, 1);
  scene.leaving.abort();
  assert.equal(await scene.next(), 'end');
  assert.equal(scene.stream.followers, 0);
});
