import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../properties.ts';
import { addAudio, heardText, playedMs, type SpokenSentence } from '../../../live/speech/heard-words.ts';

const TEXT = 'One two three four.';

/** Takes 100 ms for each character. */
const sentence = (more: Partial<SpokenSentence> = {}): SpokenSentence => {
  const { text = TEXT } = more;
  return { text, stretches: [], durationMs: text.length * 100, isWhole: true, timings: [], ...more };
};

for (const [heardMs, words] of [
  [0, ''],
  [299, ''],
  [300, 'One'],
  [699, 'One'],
  [700, 'One two'],
  [1_899, 'One two three'],
  [1_900, TEXT],
  [9_000, TEXT],
] as const) {
  test(`heard words: of 1,900 ms ${heardMs} are ${words === '' ? 'no word' : `'${words}'`}, in proportion to the characters`, () => {
    assert.equal(heardText([sentence()], heardMs), words);
  });
}

test('heard words: a voice that says when words end is believed, and not the number of characters', () => {
  const timings = [
    { endMs: 1_000, endCharacter: 3 },
    { endMs: 1_100, endCharacter: 7 },
    { endMs: 1_200, endCharacter: 13 },
    { endMs: 1_700, endCharacter: 18 },
  ];
  for (const isWhole of [true, false]) {
    const timed = [sentence({ timings, isWhole })];
    const heard = [999, 1_000, 1_199, 1_200, 1_699].map((heardMs) => heardText(timed, heardMs));
    assert.deepEqual(heard, ['', 'One', 'One two', 'One two three', 'One two three']);
  }
  assert.equal(heardText([sentence({ timings })], 1_900), TEXT);
});

test('heard words: the timings of a sentence count from its own beginning', () => {
  const timings = [{ endMs: 50, endCharacter: 4 }];
  const second = sentence({ text: 'Five six.', timings });
  assert.equal(heardText([sentence(), second], 1_949), TEXT);
  assert.equal(heardText([sentence(), second], 1_950), `${TEXT} Five`);
});

test('heard words: a sentence counts only behind the whole one before it', () => {
  const both = [sentence(), sentence({ text: 'Five six.' })];
  assert.equal(heardText(both, 1_800), 'One two three');
  assert.equal(heardText(both, 1_900), TEXT);
  assert.equal(heardText(both, 1_900 + 400), `${TEXT} Five`);
  assert.equal(heardText(both, 1_900 + 900), `${TEXT} Five six.`);
});

test('heard words: a sentence that went out as text was heard once all audio before it was', () => {
  const asText = sentence({ text: 'Five six.', durationMs: 0 });
  assert.equal(heardText([asText, asText], 0), 'Five six. Five six.');
  assert.equal(heardText([sentence(), asText], 1_899), 'One two three');
  assert.equal(heardText([sentence(), asText], 1_900), `${TEXT} Five six.`);
});

test('heard words: of a sentence whose end is not made yet the words that were not published do not count', () => {
  assert.equal(heardText([sentence({ isWhole: false, durationMs: 0 })], 0), '');
  assert.equal(heardText([sentence({ isWhole: false, durationMs: 500 })], 500), 'One two');
  assert.equal(heardText([sentence({ isWhole: true, durationMs: 500 })], 500), TEXT);
});

test('heard words: a speech of which nothing was published has none', () => {
  assert.equal(heardText([], 1_000), '');
});

test('heard words: they are a beginning of what was said in whole words, and more of it the more was played', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'é', 'x', '9'), minLength: 1, maxLength: 8 });
  const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => `${words.join(' ')}.`);
  const spoken = fc.record({ text, durationMs: fc.nat(3_000), isWhole: fc.boolean() });
  fc.assert(
    fc.property(fc.array(spoken, { maxLength: 4 }), fc.nat(9_000), fc.nat(2_000), (all, heardMs, moreMs) => {
      const sentences = all.map((one) => sentence(one));
      const words = all.map((one) => one.text).join(' ');
      const heard = heardText(sentences, heardMs);
      assert.ok(`${words} `.startsWith(heard === '' ? '' : `${heard} `), `'${heard}' of '${words}'`);
      assert.ok(heardText(sentences, heardMs + moreMs).startsWith(heard));
    }),
  );
});

test('played: it is what the sentences had until now, without the silence between them', () => {
  const sentences = [sentence({ durationMs: 0 }), sentence({ durationMs: 0 })];
  for (const [index, startsMs] of [1_000, 2_000].entries()) addAudio(sentences[index]!, 500, startsMs);
  const played = [0, 1_000, 1_200, 1_500, 1_900, 2_100, 2_500, 9_000].map((nowMs) => playedMs(sentences, nowMs));
  assert.deepEqual(played, [0, 0, 200, 500, 500, 600, 1_000, 1_000]);
});

test('played: frames that came late were played when they were there, and not before', () => {
  const stalled = sentence({ durationMs: 0 });
  for (const startsMs of [0, 100, 200, 5_000, 5_100]) addAudio(stalled, 100, startsMs);
  const played = [0, 250, 300, 4_999, 5_000, 5_150, 9_000].map((nowMs) => playedMs([stalled], nowMs));
  assert.deepEqual(played, [0, 250, 300, 300, 300, 450, 500]);
  assert.deepEqual(stalled.stretches, [
    { startsMs: 0, endsMs: 300 },
    { startsMs: 5_000, endsMs: 5_200 },
  ]);
  assert.equal(stalled.durationMs, 500);
});

test('heard words: of a sentence that was not voiced nothing was heard, and what comes behind it was, once it was played', () => {
  const lost = sentence({ text: 'Lost.', durationMs: 0, isWhole: false, isLost: true });
  const sentences = [sentence(), lost, sentence({ text: 'Here.' })];
  assert.equal(heardText(sentences, 1_900), TEXT);
  assert.equal(heardText(sentences, 2_400), `${TEXT} Here.`);
});

test('heard words: of a sentence that broke off the words that were voiced were heard', () => {
  const broken = sentence({ durationMs: 500, isWhole: false, isLost: true });
  assert.equal(heardText([broken, sentence({ text: 'Here.' })], 1_000), 'One two Here.');
});
