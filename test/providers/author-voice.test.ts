import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthorVoice } from '../../providers/author-voice.ts';
import { ProviderFailure } from '../../providers/failure.ts';
import { wavOf } from '../../providers/scripted/voice/speech-dialects.ts';
import type { TextToSpeech } from '../../providers/text-to-speech.ts';
import { NEVER } from './scripted-exchange.ts';

const SENTENCE = { text: 'It has shipped.', voice: 'own', language: 'en' };

/** A voice as someone without types would write it. */
function voiceOf(...pieces: readonly unknown[]): TextToSpeech {
  const own = {
    async *speak() {
      for (const piece of pieces) yield await piece;
    },
  };
  return createAuthorVoice(own as unknown as TextToSpeech);
}

const all = (voice: TextToSpeech, signal = NEVER) => Array.fromAsync(voice.speak(SENTENCE, signal));

test('own voice: audio arrives as whole samples, and timings between them', async () => {
  const timing = { endMs: 1, endCharacter: 2 };
  const first = new Uint8Array(101).fill(1);
  const pieces = await all(voiceOf(first, timing, Uint8Array.of(4, 5)));
  assert.deepEqual(
    pieces.map((piece) => (piece instanceof Uint8Array ? [...piece] : piece)),
    [[...first.subarray(1)], timing, [1, 4]],
  );
});

test('own voice: a WAV file is heard without its header, at 24 kHz', async () => {
  const pieces = await all(voiceOf(wavOf(new Uint8Array(9_600), { rateHz: 48_000 })));
  assert.equal(Buffer.concat(pieces as Uint8Array[]).length, 4_800);
});

for (const [what, piece, message, retryable] of [
  ['no audio', { endMs: 1, endCharacter: 2 }, /own voice gave holds no audio/, true],
  ['MP3', Buffer.from('ID3\x04'.padEnd(64, '\0')), /own voice gave is MP3, but only PCM and WAV are played/, false],
  ['text', Buffer.from('{"error":"the words of the caller"}'), /own voice gave is text and not audio/, true],
] as const) {
  test(`own voice: one that gives ${what} has failed, and no noise is heard`, async () => {
    await assert.rejects(all(voiceOf(piece)), (error: unknown) => {
      assert.ok(error instanceof ProviderFailure);
      assert.match(error.message, message);
      assert.equal(error.retryable, retryable);
      return true;
    });
  });
}

test('own voice: the request is passed on', async () => {
  const asked: unknown[] = [];
  const own: TextToSpeech = {
    async *speak(request) {
      asked.push(request);
      yield new Uint8Array(2);
    },
  };
  await all(createAuthorVoice(own));
  assert.deepEqual(asked, [SENTENCE]);
});

for (const [title, piece] of [
  ['text', 'audio'],
  ['an array', [1, 2]],
  ['a timing without a number', { endMs: '1', endCharacter: 2 }],
  ['nothing', undefined],
] as const) {
  test(`own voice: ${title} is not taken as audio`, async () => {
    await assert.rejects(all(voiceOf(piece)), /own voice gave a value of type \w+; give a Uint8Array of PCM, or/);
  });
}

test('own voice: what it throws is a failure that is not tried again, unless it says so', async () => {
  const broken = { speak: () => assert.fail('no server') } as unknown as TextToSpeech;
  await assert.rejects(all(createAuthorVoice(broken)), (error: unknown) => {
    assert.ok(error instanceof ProviderFailure);
    assert.deepEqual([error.message, error.retryable], ["The agent's own voice failed: no server", false]);
    return true;
  });
  const failure = new ProviderFailure('Too many at once', { retryable: true });
  await assert.rejects(all(voiceOf(Promise.reject(failure))), failure);
});

test('own voice: one that ignores its signal ends with the abort', async () => {
  const abort = new AbortController();
  const asked = Promise.withResolvers<void>();
  const deaf: TextToSpeech = {
    async *speak() {
      yield Uint8Array.of(1, 2);
      asked.resolve();
      await new Promise(() => undefined);
    },
  };
  const speaking = all(createAuthorVoice(deaf), abort.signal);
  await asked.promise;
  abort.abort(new Error('cut'));
  await assert.rejects(speaking, /cut/);
});
