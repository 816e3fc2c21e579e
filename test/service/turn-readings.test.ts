import assert from 'node:assert/strict';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { test } from 'node:test';
import { Refusal } from '../../service/refusal.ts';
import { TurnReadings } from '../../service/turn-readings.ts';
import { MemoryStream } from '../../stream/memory.ts';
import type { StreamEvent, StreamState, SubscribeOptions } from '../../stream/turn-stream.ts';

/** A stream whose answers come from another process. */
class DistantStream extends MemoryStream {
  override async find(turnId: string): Promise<StreamState | undefined> {
    await turnOfLoop();
    return super.find(turnId);
  }

  override async *subscribe(turnId: string, options?: SubscribeOptions): AsyncGenerator<StreamEvent> {
    await turnOfLoop();
    yield* super.subscribe(turnId, options);
  }
}

const by = { turnId: 't', step: 'voice:1', epoch: 0 };
const pcm = new Uint8Array(960);

function readingsOf(stream: DistantStream): TurnReadings {
  const nobodyAsks = () => Promise.reject(new Error('What is on the stream is not asked of the record'));
  return new TurnReadings({ stream, turnRecords: { read: nobodyAsks, waitForEnd: nobodyAsks } });
}

function speak(stream: DistantStream): void {
  stream.open({ id: 't', conversationId: 'c', number: 1 }, 0);
  stream.publish(by, { type: 'turn.started', conversationId: 'c', number: 1 });
  stream.publish(by, { type: 'speech.audio', speech: '1-1', index: 0, pcm });
}

function finish(stream: DistantStream): void {
  stream.publish(by, { type: 'turn.finished', outcome: 'answered', degraded: false, text: 'Hello.' });
}

test('readings: a turn whose stream another process holds is read to its end', async () => {
  using stream = new DistantStream();
  speak(stream);
  const { signal } = new AbortController();
  const events = await readingsOf(stream).events('t', { audio: true, afterSeq: 0, signal });
  const read = Array.fromAsync(events);
  const open = await readingsOf(stream).speech('t');
  finish(stream);
  const types = (await read).map(({ type }) => type);
  assert.deepEqual(types, ['turn.started', 'speech.audio', 'turn.finished']);
  const whole = await readingsOf(stream).speech('t');
  assert.deepEqual([open.isFinished, whole.isFinished], [false, true]);
  assert.deepEqual(await Array.fromAsync(whole.pieces()), [pcm]);
});

test('readings: audio whose stream is gone before it is read is refused as expired', async () => {
  using stream = new DistantStream();
  speak(stream);
  finish(stream);
  const { isFinished, pieces } = await readingsOf(stream).speech('t');
  stream[Symbol.dispose]();
  assert.equal(isFinished, true);
  const read = Array.fromAsync(pieces());
  await assert.rejects(read, (error) => error instanceof Refusal && error.reason.kind === 'audio_expired');
});
