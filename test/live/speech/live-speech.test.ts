import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { processClock } from '../../../time/clock.ts';
import type { SpeechSetting } from '../../../live/speech/live-speech.ts';
import { Playhead } from '../../../live/speech/playhead.ts';
import { TextSpeech } from '../../../live/speech/text-speech.ts';
import type { TextToSpeech, WordTiming } from '../../../providers/text-to-speech.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { TestClock, whereWaits } from '../../test-clock.ts';
import { HandVoice } from './hand-voice.ts';

type EventOf<T extends NewEvent['type']> = Extract<NewEvent, { type: T }>;

/** When the words end, and at last the audio. No proportion of the characters gives these times. */
const ENDS_MS: Readonly<Record<string, readonly number[]>> = {
  'I see.': [10, 40, 40],
  'Internationalisation is a word.': [2_500, 2_510, 2_520, 2_900, 3_000],
};

function timingsOf(text: string): WordTiming[] {
  const words = [...text.matchAll(/\w+/g)];
  return words.map((word, index) => ({
    endMs: ENDS_MS[text]?.[index] ?? 0,
    endCharacter: word.index + word[0].length,
  }));
}

/** Says when each word ends; all at once, or with the words of a sentence that is still made. */
const timedVoice = (more: { readonly unfinished?: boolean } = {}): TextToSpeech => ({
  async *speak({ text }, signal) {
    yield* timingsOf(text);
    yield new Uint8Array((ENDS_MS[text]?.at(-1) ?? 0) * BYTES_PER_MS);
    if (more.unfinished)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  },
});

type More = Partial<SpeechSetting> & { readonly patienceMs?: number };

/** A speech that is driven by hand, with what it publishes. */
function createSpeech(textToSpeech: TextToSpeech, { patienceMs = 5_000, ...more }: More = {}) {
  const events: NewEvent[] = [];
  const waiting: { readonly type: NewEvent['type']; count: number; readonly resolve: () => void }[] = [];
  const setting = {
    id: '1-1',
    clock: processClock,
    playhead: new Playhead(processClock),
    before: Promise.resolve(),
    onSilent: undefined,
    onPlayed: () => undefined,
    ...more,
    publish: (event: NewEvent) => {
      events.push(event);
      for (const wait of waiting) if (wait.type === event.type && (wait.count -= 1) === 0) wait.resolve();
    },
  };
  const speech = new TextSpeech(setting, { voice: { textToSpeech, name: 'alloy', patienceMs } });
  const of = <T extends NewEvent['type']>(type: T): EventOf<T>[] =>
    events.filter((event): event is EventOf<T> => event.type === type);
  /** Resolves when so many events of a type have been published from now on. */
  const next = (type: NewEvent['type'], count: number): Promise<void> =>
    new Promise((resolve) => waiting.push({ type, count, resolve }));
  return { speech, events, of, next };
}

for (const [heardMs, heardText] of [
  [0, ''],
  [10, 'I'],
  [40, 'I see.'],
  [40 + 2_499, 'I see.'],
  [40 + 2_500, 'I see. Internationalisation'],
  [40 + 2_519, 'I see. Internationalisation is'],
  [40 + 2_520, 'I see. Internationalisation is a'],
  [40 + 2_999, 'I see. Internationalisation is a word'],
] as const) {
  for (const unfinished of [false, true]) {
    const made = unfinished ? 'is still made' : 'is all there';
    test(`live speech: with word timings a cut at ${heardMs} ms gives the words heard, where the sentence ${made}`, async () => {
      // Only the sentence that is cut may be unfinished: the next one waits for its end.
      const voice = timedVoice();
      const last = timedVoice({ unfinished });
      const textToSpeech: TextToSpeech = {
        speak: (request, signal) => (request.text === 'I see.' ? voice : last).speak(request, signal),
      };
      const { speech, of, next } = createSpeech(textToSpeech);
      const published = next('speech.audio', 2);
      speech.say('I see. Internationalisation is a word.');
      speech.end('answer');
      await published;
      speech.cut(heardMs);
      const { interrupted, durationMs, ...voiced } = await speech.over;
      assert.deepEqual([voiced.heardText, interrupted, durationMs], [heardText, true, 3_040]);
      assert.deepEqual(
        of('speech.cut').map((cut) => [cut.heardText, cut.heardMs, cut.durationMs]),
        [[heardText, heardMs, 3_040]],
      );
      assert.equal(speech.heardMs, heardMs);
    });
  }
}

test('live speech: where the client reports what it plays a cut gives the words that it has reported', async () => {
  const { speech, next } = createSpeech(timedVoice(), { onSilent: () => assert.fail('The client reports') });
  const published = next('speech.audio', 2);
  speech.say('I see. Internationalisation is a word.');
  speech.end('answer');
  await published;
  assert.equal(speech.hasStarted, false);
  speech.report({ positionMs: 40 + 2_525, state: 'playing' });
  assert.equal(speech.hasStarted, true);
  speech.cut();
  assert.equal((await speech.over).heardText, 'I see. Internationalisation is a');
  speech.report({ positionMs: 0, state: 'finished' });
  assert.equal(speech.heardMs, 40 + 2_525);
});

test('live speech: a report before anything was sent says nothing', async () => {
  const { speech } = createSpeech(timedVoice(), { onSilent: () => undefined, before: new Promise(() => undefined) });
  speech.report({ positionMs: 0, state: 'started' });
  assert.equal(speech.hasStarted, false);
  speech.cut();
  assert.equal((await speech.over).heardText, '');
});

test('live speech: beyond what was sent counts as all of it', async () => {
  const { speech, of, next } = createSpeech(timedVoice());
  const published = next('speech.audio', 2);
  speech.say('I see. Internationalisation is a word.');
  speech.end('answer');
  await published;
  speech.cut(1e9);
  assert.deepEqual([of('speech.cut')[0]?.heardMs, speech.heardMs], [3_040, 3_040]);
});

test('live speech: after a cut nothing is published any more, and a second one changes nothing', async () => {
  const { speech, events, next } = createSpeech(timedVoice({ unfinished: true }));
  const published = next('speech.audio', 1);
  speech.say('Internationalisation is a word. I see.');
  await published;
  speech.cut(2_500);
  const { length } = events;
  speech.say(' And more.');
  speech.cut(3_000);
  speech.end('answer');
  assert.equal((await speech.over).heardText, 'Internationalisation');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(events.length, length);
  assert.equal(events.at(-1)?.type, 'speech.cut');
});

test('live speech: one that is cut before it was heard at all publishes nothing', async () => {
  const { speech, events } = createSpeech(timedVoice(), { before: new Promise(() => undefined) });
  speech.say('I see. ');
  speech.cut();
  assert.deepEqual(await speech.over, { heardText: '', durationMs: 0, interrupted: true });
  assert.deepEqual(events, []);
});

const WORDS = 'One two three four five six seven eight nine ten eleven twelve thirteen fourteen.';

/** A speech of one sentence that a test makes by hand, at a clock that stands still. */
function createByHand(more: Partial<SpeechSetting> = {}) {
  const clock = new TestClock();
  const voice = new HandVoice();
  const setting = { patienceMs: 60_000, clock };
  const made = createSpeech(voice, { ...setting, playhead: new Playhead(clock), ...more });
  return { clock, voice, ...made };
}

for (const isTimed of [false, true]) {
  const how = isTimed ? 'with word timings' : 'in proportion to the characters';
  test(`live speech: of a voice that stalls and then bursts only what could be played was heard — ${how}`, async () => {
    const { clock, voice, speech, of } = createByHand();
    const words = [...WORDS.matchAll(/\S+/g)];
    speech.say(WORDS);
    speech.end('answer');
    if (isTimed) {
      for (const [index, word] of words.entries())
        voice.timing(WORDS, { endMs: (index + 1) * 100, endCharacter: word.index + word[0].length });
    }
    voice.frame(WORDS, 300);
    await clock.advance(4_000);
    voice.frame(WORDS, 500);
    voice.frame(WORDS, 600);
    voice.end(WORDS);
    await clock.advance(0);
    assert.equal(speech.heardMs, 300);
    await clock.advance(100);
    assert.equal(speech.heardMs, 400);
    speech.cut();
    const heard = isTimed ? 'One two three four' : 'One two three four five';
    assert.equal((await speech.over).heardText, heard);
    assert.deepEqual(
      of('speech.cut').map(({ heardMs, durationMs }) => [heardMs, durationMs]),
      [[400, 1_400]],
    );
  });
}

test('live speech: one whose voice stalls is over when its last frame was played, and its positions are those of its audio', async () => {
  const { clock, voice, speech, of } = createByHand();
  speech.say('I see. Yes.');
  speech.end('answer');
  voice.frame('I see.', 100);
  await clock.advance(1_000);
  voice.whole('I see.', 400);
  voice.whole('Yes.', 200);
  await clock.advance(599);
  assert.equal(speech.isOver, false);
  await clock.advance(1);
  assert.equal(speech.isOver, true);
  assert.deepEqual(
    of('speech.sentence').map(({ text, startMs }) => [text, startMs]),
    [
      ['I see.', 0],
      ['Yes.', 500],
    ],
  );
  assert.equal(of('speech.finished')[0]?.durationMs, 700);
});

test('live speech: it begins with its first frame, and not with the timings that come before', async () => {
  const { clock, voice, speech, events } = createByHand();
  speech.say('I see.');
  speech.end('answer');
  voice.timing('I see.', { endMs: 50, endCharacter: 1 });
  await clock.advance(1_000);
  assert.deepEqual([events, speech.hasStarted], [[], false]);
  voice.frame('I see.', 100);
  await clock.advance(60);
  assert.deepEqual(
    [events.map(({ type }) => type), speech.hasStarted],
    [['speech.started', 'speech.sentence', 'speech.audio'], true],
  );
  speech.cut();
  assert.equal((await speech.over).heardText, 'I');
});

test('live speech: a client that was sent no audio yet, as the voice has none for the first words, is not waited for', async () => {
  const { clock, voice, speech, of } = createByHand({ onSilent: () => assert.fail('Nothing is there to report') });
  speech.say('Well, … ');
  speech.flush();
  voice.end('Well, …');
  await clock.advance(10_000);
  assert.deepEqual([of('speech.sentence').length, speech.hasStarted], [1, true]);
  speech.say('Yes.');
  speech.end('answer');
  voice.whole('Yes.', 200);
  await clock.advance(1_000);
  speech.report({ positionMs: 200, state: 'finished' });
  const { degraded, ...heard } = await speech.over;
  assert.deepEqual(heard, { heardText: 'Yes.', durationMs: 200 });
  assert.match(degraded ?? '', /The voice 'alloy' gave no audio/);
});

test('live speech: a client that is sent no audio, as the voice stalls, is not waited for', async () => {
  const { clock, voice, speech } = createByHand({ onSilent: () => assert.fail('Nothing is there to report') });
  speech.say('I see.');
  speech.end('answer');
  voice.timing('I see.', { endMs: 50, endCharacter: 1 });
  await clock.advance(10_000);
  voice.whole('I see.', 100);
  await clock.advance(1_000);
  speech.report({ positionMs: 100, state: 'finished' });
  assert.deepEqual(await speech.over, { heardText: 'I see.', durationMs: 100 });
});

test('live speech: words behind audio that went out as text, since the voice has none for them, were not heard', async () => {
  const { clock, voice, speech } = createByHand();
  speech.say('I see. Yes.');
  speech.end('answer');
  voice.frame('I see.', 100);
  await clock.advance(1_000);
  voice.whole('I see.', 400);
  voice.end('Yes.');
  await clock.advance(399);
  const { voiced } = speech.heard;
  assert.equal(voiced?.heardText, 'I');
  await clock.advance(1);
  assert.equal((await speech.over).heardText, 'I see.');
});

test('live speech: a cut that waits to be read when all was played by the clock counts', async () => {
  const clock = new TestClock();
  const voice = new HandVoice();
  voice.whole('I see.', 400);
  const waits = whereWaits(clock, 400, () => speech.cut(200));
  const setting = { clock: waits, playhead: new Playhead(waits), onPlayed: () => assert.fail('It was cut') };
  const { speech, of } = createSpeech(voice, setting);
  speech.say('I see.');
  speech.end('answer');
  await clock.advance(10_000);
  assert.deepEqual([(await speech.over).heardText, of('speech.finished')], ['I', []]);
});
