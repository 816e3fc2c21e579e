import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VoiceQueue, type VoiceQueueSetting } from '../../../live/speech/voice-queue.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { TestClock } from '../../test-clock.ts';
import { HandVoice } from './hand-voice.ts';

const LONG = 'This takes a while to say.';

interface Told {
  readonly atMs: number;
  readonly event: NewEvent;
}

/** The voice of a turn at a clock that stands still, and what it has published when. */
function createQueue(more: Partial<VoiceQueueSetting> = {}) {
  const clock = new TestClock();
  const voice = new HandVoice();
  const told: Told[] = [];
  const queue = new VoiceQueue({
    voice: { textToSpeech: voice, name: 'alloy', patienceMs: 60_000 },
    ...{ clock, opens: Promise.resolve(), onPlayed: () => undefined },
    ...more,
  });
  const say = (id: string, text: string) => {
    const speech = queue.begin(id, (event) => told.push({ atMs: clock.nowMs(), event }));
    speech.say(text);
    speech.end('answer');
    return speech;
  };
  /** When events of a type were published, of a speech. */
  const times = (type: NewEvent['type'], speech: string): number[] =>
    told.flatMap(({ atMs, event }) =>
      event.type === type && 'speech' in event && event.speech === speech ? [atMs] : [],
    );
  return { clock, voice, queue, say, times };
}

test('voice queue: what is said after a cut plays at once, and is over when it has been played', async () => {
  const { clock, voice, queue, say, times } = createQueue();
  voice.whole(LONG, 5_000);
  const first = say('1-1', LONG);
  await clock.advance(1_000);
  queue.cutAll();
  assert.equal((await first.over).heardText, 'This');
  voice.whole('Yes.', 400);
  voice.whole('No.', 300);
  const second = say('2-1', 'Yes. No.');
  await clock.advance(200);
  assert.equal(second.heardMs, 200);
  await clock.advance(500);
  assert.deepEqual(times('speech.sentence', '2-1'), [1_000, 1_250]);
  assert.deepEqual(times('speech.finished', '2-1'), [1_700]);
  assert.equal(queue.quietSinceMs, 1_700);
});

test('voice queue: where several speeches are cut at once, what comes next waits for none of them', async () => {
  const { clock, voice, queue, say, times } = createQueue();
  for (const text of [LONG, 'Then this.', 'And that.']) voice.whole(text, 5_000);
  const cut = [say('1-1', LONG), say('1-3', 'Then this.'), say('2-1', 'And that.')];
  await clock.advance(1_000);
  queue.cutAll();
  assert.deepEqual(
    (await Promise.all(cut.map(({ over }) => over))).map(({ heardText }) => heardText),
    ['This', '', ''],
  );
  voice.whole('Yes.', 400);
  say('3-1', 'Yes.');
  await clock.advance(400);
  assert.deepEqual([times('speech.started', '3-1'), times('speech.finished', '3-1')], [[1_000], [1_400]]);
  assert.deepEqual([times('speech.started', '1-3'), times('speech.started', '2-1')], [[], []]);
});

test('voice queue: where the client has played a speech sooner than by the clock, the next one counts from then', async () => {
  const { clock, voice, say, times } = createQueue({ onSilent: () => assert.fail('The client reports') });
  voice.whole(LONG, 5_000);
  const first = say('1-1', LONG);
  await clock.advance(1_000);
  first.report({ positionMs: 5_000, state: 'finished' });
  voice.whole('Yes.', 400);
  voice.whole('No.', 300);
  const second = say('2-1', 'Yes. No.');
  await clock.advance(400);
  assert.deepEqual(times('speech.sentence', '2-1'), [1_000, 1_250]);
  second.report({ positionMs: 700, state: 'finished' });
  await clock.advance(0);
  assert.deepEqual(times('speech.finished', '2-1'), [1_400]);
});

test('voice queue: a speech that is cut while it waits does not let the next one begin before its turn', async () => {
  const { clock, voice, say, times } = createQueue();
  for (const text of [LONG, 'Yes.']) voice.whole(text, 1_000);
  say('1-1', LONG);
  await clock.advance(100);
  say('1-3', 'Never said.').cut();
  say('2-1', 'Yes.');
  await clock.advance(2_000);
  assert.deepEqual([times('speech.started', '2-1'), times('speech.finished', '1-1')], [[1_000], [1_000]]);
});

test('voice queue: a speech that was cut before it was said does not count as speech of which it is quiet since', async () => {
  const { clock, voice, queue, say } = createQueue();
  voice.whole(LONG, 1_000);
  say('1-1', LONG);
  await clock.advance(1_000);
  const silent = say('1-3', 'Not made yet.');
  await clock.advance(500);
  silent.cut();
  await clock.advance(0);
  assert.deepEqual([queue.isSpeaking, queue.quietSinceMs], [false, 1_000]);
});
