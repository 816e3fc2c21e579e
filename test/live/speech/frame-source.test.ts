import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { Feed } from '../../../live/speech/feed.ts';
import { FrameSource, type SpokenPiece } from '../../../live/speech/frame-source.ts';
import { VoiceQueue, type VoiceQueueSetting } from '../../../live/speech/voice-queue.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { TestClock } from '../../test-clock.ts';

const frame = (durationMs: number): Uint8Array => new Uint8Array(durationMs * BYTES_PER_MS);
/** A sentence whose words take 100 ms each, as a model gives it that speaks by itself: words, then frames and timings. */
function spoken(sentence: string): SpokenPiece[] {
  const words = [...sentence.matchAll(/\S+/g)];
  return [
    { sentence },
    ...words.flatMap((word, index) => [
      frame(100),
      { endMs: (index + 1) * 100, endCharacter: word.index + word[0].length },
    ]),
  ];
}

/** A speech of pieces that a test hands over, at a clock that stands still, and what was published when. */
function createSpoken(more: Partial<VoiceQueueSetting> = {}) {
  const clock = new TestClock();
  const pieces = new Feed<SpokenPiece>();
  const events: NewEvent[] = [];
  const told: [type: NewEvent['type'], atMs: number][] = [];
  const queue = new VoiceQueue({
    voice: { textToSpeech: { speak: () => assert.fail('The model speaks') }, name: 'none', patienceMs: 60_000 },
    ...{ clock, opens: Promise.resolve(), onPlayed: () => undefined },
    ...more,
  });
  let signal!: AbortSignal;
  const open = (given: AbortSignal) => {
    signal = given;
    given.addEventListener('abort', () => pieces.fail(given.reason));
    return pieces;
  };
  const speech = queue.play('1-1', new FrameSource(open), (event) => {
    events.push(event);
    told.push([event.type, clock.nowMs()]);
  });
  const of = <T extends NewEvent['type']>(type: T) =>
    events.filter((event): event is Extract<NewEvent, { type: T }> => event.type === type);
  return { clock, pieces, queue, speech, events, told, of, signal };
}

test('frame source: sentences go out with their frames as they come, paced by playout, and end with their last sound', async () => {
  const { clock, pieces, speech, told, of } = createSpoken();
  pieces.push([...spoken('One moment please.'), ...spoken('It is here.')]);
  pieces.close();
  speech.end('answer');
  await clock.advance(10_000);
  assert.deepEqual(await speech.over, { heardText: 'One moment please. It is here.', durationMs: 600 });
  assert.deepEqual(
    of('speech.sentence').map(({ index, text, startMs }) => [index, text, startMs]),
    [
      [0, 'One moment please.', 0],
      [1, 'It is here.', 300],
    ],
  );
  assert.deepEqual(
    of('speech.audio').map(({ index, pcm }) => [index, pcm.byteLength / BYTES_PER_MS]),
    [0, 0, 0, 1, 1, 1].map((index) => [index, 100]),
  );
  const at = (type: NewEvent['type']) => told.flatMap(([told, atMs]) => (told === type ? [atMs] : []));
  assert.deepEqual(at('speech.started'), [0]);
  assert.deepEqual(at('speech.sentence'), [0, 150]);
  assert.deepEqual(at('speech.finished'), [600]);
});

test('frame source: the first frame is published in the tick in which it comes', async () => {
  const { pieces, of } = createSpoken();
  pieces.push([{ sentence: 'One moment.' }, frame(100)]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(of('speech.audio').length, 1);
});

for (const [atMs, heardText] of [
  [99, ''],
  [100, 'One'],
  [250, 'One moment'],
  [300, 'One moment please.'],
  [499, 'One moment please. It'],
  [500, 'One moment please. It is'],
] as const) {
  test(`frame source: a cut at ${atMs} ms gives the words heard, and ends the stream`, async () => {
    const { clock, pieces, queue, speech, events, of, signal } = createSpoken();
    pieces.push([...spoken('One moment please.'), ...spoken('It is here, I think.')]);
    await clock.advance(atMs);
    queue.cutAll();
    const { heardText: heard, interrupted, heardMs } = await speech.over;
    assert.deepEqual([heard, interrupted, heardMs], [heardText, true, atMs]);
    assert.deepEqual(
      of('speech.cut').map((cut) => [cut.heardText, cut.heardMs]),
      [[heardText, atMs]],
    );
    assert.equal(signal.aborted, true);
    const { length } = events;
    await clock.advance(10_000);
    assert.equal(events.length, length);
  });
}

test('frame source: where the client reports what it plays a cut gives the words that it has reported', async () => {
  const { clock, pieces, queue, speech } = createSpoken({ onSilent: () => assert.fail('The client reports') });
  pieces.push(spoken('One moment please.'));
  await clock.advance(0);
  speech.report({ positionMs: 220, state: 'playing' });
  queue.cutAll();
  assert.equal((await speech.over).heardText, 'One moment');
});

test('frame source: a stream that breaks off within a sentence leaves it as text, and the speech ends', async () => {
  const { clock, pieces, speech } = createSpoken();
  pieces.push([{ sentence: 'One moment please.' }, frame(100)]);
  pieces.fail(new Error('The line broke'));
  speech.end('answer');
  await clock.advance(10_000);
  const voiced = await speech.over;
  assert.deepEqual(voiced, { heardText: '', durationMs: 100, degraded: 'The line broke' });
});

test('frame source: a stop ends the speech with the sentence that is playing', async () => {
  const { clock, pieces, speech, of } = createSpoken();
  pieces.push([...spoken('One moment please.'), ...spoken('It is here.')]);
  await clock.advance(120);
  speech.stop();
  await clock.advance(10_000);
  assert.equal((await speech.over).heardText, 'One moment please.');
  assert.deepEqual(
    of('speech.finished').map(({ text }) => text),
    ['One moment please.'],
  );
});

test('frame source: a turn in text gets the sentences without their frames', async () => {
  const { clock, pieces, speech, of } = createSpoken({ voice: undefined });
  pieces.push(spoken('One moment please.'));
  pieces.close();
  speech.end('preamble');
  await clock.advance(0);
  assert.deepEqual(await speech.over, { heardText: 'One moment please.', durationMs: 0 });
  assert.deepEqual([of('speech.sentence').length, of('speech.audio').length], [1, 0]);
});

test('frame source: a speech whose frames are all played is over when it is known of what kind it is', async () => {
  const { clock, pieces, speech, of } = createSpoken();
  pieces.push(spoken('One moment please.'));
  pieces.close();
  await clock.advance(10_000);
  assert.equal(speech.isOver, false);
  speech.end('preamble');
  await clock.advance(0);
  assert.deepEqual(
    of('speech.finished').map(({ kind }) => kind),
    ['preamble'],
  );
});
