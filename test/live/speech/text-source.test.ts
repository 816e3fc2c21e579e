import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSpokenForm } from '../../../live/speech/spoken-text.ts';
import { TextSource } from '../../../live/speech/text-source.ts';
import type { TextToSpeech } from '../../../providers/text-to-speech.ts';
import { processClock } from '../../../time/clock.ts';

const AUDIO = new Uint8Array(2);

/** Says which words it was given, with the end of each. */
function createVoice() {
  const asked: string[] = [];
  const textToSpeech: TextToSpeech = {
    async *speak({ text }) {
      asked.push(text);
      for (const [index, word] of [...text.matchAll(/\S+/g)].entries()) {
        yield { endMs: (index + 1) * 100, endCharacter: word.index + word[0].length };
      }
      yield AUDIO;
    },
  };
  const toSpoken = createSpokenForm({ voiceText: 'plain', pronounce: [['SQL', 'sequel']] });
  return { asked, voice: { textToSpeech, name: 'alloy', patienceMs: 5_000, toSpoken } };
}

async function said(source: TextSource) {
  const sentences = [];
  for await (const { text, audio } of source.sentences(new AbortController().signal)) {
    sentences.push({ text, pieces: audio && (await Array.fromAsync(audio)) });
  }
  return sentences;
}

test('text source: the voice is given what is spoken, and the sentence stays as it is written, with the ends of its words', async () => {
  const { asked, voice } = createVoice();
  const source = new TextSource({ voice, clock: processClock });
  source.say('**Learn** SQL. ');
  source.end();
  const [sentence] = await said(source);
  assert.deepEqual(asked, ['Learn sequel.']);
  assert.equal(sentence?.text, '**Learn** SQL.');
  assert.deepEqual(sentence.pieces, [
    { endMs: 100, endCharacter: '**Learn'.length },
    { endMs: 200, endCharacter: '**Learn** SQL.'.length },
    AUDIO,
  ]);
});

test('text source: a sentence in which there is nothing to say is not sent to the voice, and the next one is', async () => {
  const { asked, voice } = createVoice();
  const source = new TextSource({ voice, clock: processClock });
  source.say('Done!\n🎉\nBye.');
  source.end();
  const sentences = await said(source);
  assert.deepEqual(asked, ['Done!', 'Bye.']);
  assert.deepEqual(
    sentences.map(({ text, pieces }) => [text, pieces !== undefined]),
    [
      ['Done!', true],
      ['🎉', false],
      ['Bye.', true],
    ],
  );
});
