import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Playhead } from '../../../live/speech/playhead.ts';
import type { NamedVoice, Voice } from '../../../live/speech/synthesise.ts';
import { TextSpeech } from '../../../live/speech/text-speech.ts';
import { VoiceRest } from '../../../live/speech/voice-rest.ts';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import { ProviderFailure } from '../../../providers/failure.ts';
import type { NewEvent } from '../../../stream/turn-stream.ts';
import { TestClock } from '../../test-clock.ts';

const audio = () => new Uint8Array(100 * BYTES_PER_MS);
const refuse = () => new ProviderFailure('refused', { retryable: false, status: 400 });
const down = () => new ProviderFailure('down', { retryable: true, status: 500 });
const badKey = () => new ProviderFailure('bad key', { retryable: false, status: 401 });

/** What a voice does with a sentence: says it, hangs, breaks off after 100 ms, gives nothing, or fails. */
type Does = 'says' | 'hangs' | 'breaks' | 'nothing' | (() => ProviderFailure);

function createTest({ first, second }: { first: (text: string) => Does; second?: (text: string) => Does }) {
  const clock = new TestClock();
  const asked: string[] = [];
  const events: NewEvent[] = [];
  const createVoice = (name: string, does: (text: string) => Does): NamedVoice => ({
    name,
    rest: new VoiceRest(clock),
    textToSpeech: {
      async *speak({ text }, signal) {
        asked.push(`${name}: ${text}`);
        const act = does(text);
        if (typeof act === 'function') throw act();
        if (act === 'hangs') await once(signal, 'abort').then(() => signal.throwIfAborted());
        if (act !== 'nothing') yield audio();
        if (act === 'breaks') throw down();
      },
    },
  });
  const fallback = second && createVoice('B', second);
  const voice: Voice = { ...createVoice('A', first), patienceMs: 5_000, ...(fallback && { fallback }) };
  const playhead = new Playhead(clock);
  /** Says it to its end; takes as long as it must, by the clock. */
  const say = async (text: string) => {
    const setting = { id: '1-1', clock, playhead, before: Promise.resolve(), onSilent: undefined };
    const speech = new TextSpeech(
      { ...setting, onPlayed: () => undefined, publish: (event) => events.push(event) },
      { voice },
    );
    speech.say(text);
    speech.end('answer');
    const startedMs = clock.nowMs();
    while (!speech.isOver) await clock.advance(50);
    return { ...(await speech.over), tookMs: clock.nowMs() - startedMs };
  };
  return { clock, asked, events, say };
}

test('voices: a refused sentence is text and not heard, and what comes before and behind it is heard', async () => {
  const { asked, events, say } = createTest({ first: (text) => (text === 'Two.' ? refuse : 'says') });
  const { heardText, degraded } = await say('One. Two. Three.');
  assert.deepEqual([heardText, degraded], ['One. Three.', 'refused']);
  assert.deepEqual(asked, ['A: One.', 'A: Two.', 'A: Three.']);
  const shown = events.flatMap((event) => (event.type === 'speech.sentence' ? [event.text] : []));
  assert.deepEqual(shown, ['One.', 'Two.', 'Three.']);
});

test('voices: one that gives no audio once is asked again, and one that never does is text and rests behind three sentences', async () => {
  let count = 0;
  const once = createTest({ first: () => ((count += 1) === 1 ? 'nothing' : 'says') });
  assert.equal((await once.say('One. Two.')).heardText, 'One. Two.');
  assert.deepEqual(once.asked, ['A: One.', 'A: One.', 'A: Two.']);
  const always = createTest({ first: () => 'nothing' });
  const { heardText, degraded } = await always.say('One. Two. Three. Four.');
  assert.deepEqual([heardText, degraded], ['', "The voice 'A' gave no audio; try again"]);
  const asked = ['One.', 'Two.', 'Three.'].flatMap((text) => [`A: ${text}`, `A: ${text}`]);
  assert.deepEqual(always.asked, asked);
});

test('voices: one that is down is not asked in its rest, and the first speech behind it tries it again', async () => {
  let does: Does = down;
  const { clock, asked, say } = createTest({ first: () => does });
  assert.equal((await say('One. Two.')).heardText, '');
  const { degraded } = await say('Three.');
  assert.equal(degraded, 'The voice rests after a failure: down');
  assert.deepEqual(asked, ['A: One.', 'A: One.']);
  does = 'says';
  await clock.advance(5_000);
  assert.equal((await say('Four.')).heardText, 'Four.');
});

test('voices: a wrong key is not tried twice', async () => {
  const { asked, say } = createTest({ first: () => badKey });
  await say('One. Two.');
  assert.deepEqual(asked, ['A: One.']);
});

test('voices: the second one speaks from the sentence on at which the first is down, and while that rests', async () => {
  const { asked, say } = createTest({ first: (text) => (text === 'One.' ? 'says' : badKey), second: () => 'says' });
  const { heardText, degraded } = await say('One. Two. Three.');
  assert.deepEqual([heardText, degraded], ['One. Two. Three.', undefined]);
  assert.equal((await say('Four.')).heardText, 'Four.');
  assert.deepEqual(asked, ['A: One.', 'A: Two.', 'B: Two.', 'B: Three.', 'B: Four.']);
});

test('voices: a sentence that broke off is not said by the second one, which says the next', async () => {
  const { asked, say } = createTest({ first: () => 'breaks', second: () => 'says' });
  const { heardText, degraded } = await say('One two three four five. Six.');
  assert.deepEqual([heardText, degraded], ['Six.', 'down']);
  assert.deepEqual(asked, ['A: One two three four five.', 'B: Six.']);
});

test('voices: where the first is silent the second one is asked after 5 s, and the first not again', async () => {
  const { asked, say } = createTest({ first: () => 'hangs', second: () => 'says' });
  const { heardText, tookMs } = await say('One.');
  assert.equal(heardText, 'One.');
  assert.ok(tookMs >= 5_000 && tookMs < 5_500, `${tookMs} ms`);
  assert.deepEqual(asked, ['A: One.', 'B: One.']);
});

test('voices: a server that wants to be left alone for a second is asked then, for longer it rests', async () => {
  for (const [retryAfterMs, times] of [
    [1_000, 2],
    [3_000, 1],
  ] as const) {
    const busy = () => new ProviderFailure('busy', { retryable: true, status: 429, retryAfterMs });
    const { asked, say } = createTest({ first: () => busy });
    const { tookMs } = await say('One.');
    assert.equal(asked.length, times);
    assert.ok(tookMs >= (times - 1) * 1_000 && tookMs < times * 1_000);
  }
});

test('voices: where both are down the words are text, with the reason of the first', async () => {
  const { asked, say } = createTest({ first: () => badKey, second: () => down });
  const { heardText, degraded } = await say('One. Two.');
  assert.deepEqual([heardText, degraded], ['', 'bad key']);
  assert.deepEqual(asked, ['A: One.', 'B: One.', 'B: One.']);
});
