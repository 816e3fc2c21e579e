import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PhraseChoice } from '../../../live/speech/phrase-choice.ts';

test('phrase choice: a list is gone through in its order, and begun again', () => {
  const phrases = new PhraseChoice();
  const chosen = [1, 2, 3, 4].map(() => phrases.choose(['One', 'Two', 'Three']));
  assert.deepEqual(chosen, ['One', 'Two', 'Three', 'One']);
});

test('phrase choice: the phrase that was said last is not chosen, even if it is the only one', () => {
  const phrases = new PhraseChoice();
  assert.equal(phrases.choose(['Still looking']), 'Still looking');
  assert.equal(phrases.choose(['Still looking']), undefined);
  assert.equal(phrases.choose(['Still looking', 'Almost there']), 'Almost there');
});
