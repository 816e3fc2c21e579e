import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthorVoice } from '../../providers/author-voice.ts';
import { ProviderFailure } from '../../providers/failure.ts';
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
  const pieces = await all(voiceOf(Uint8Array.of(1, 2, 3), timing, Uint8Array.of(4, 5)));
  assert.deepEqual(
    pieces.map((piece) => (piece instanceof Uint8Array ? [...piece] : piece)),
    [[1, 2], timing, [3, 4]],
  );
});

test('own voice: the request is passed on', async () => {
  const asked: unknown[] = [];
  const own: TextToSpeech = {
    async *speak(request) {
      asked.push(request);
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
