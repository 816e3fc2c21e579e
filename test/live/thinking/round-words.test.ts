import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_WORDS_CHARS, RoundWords } from '../../../live/thinking/round-words.ts';

/** Words as they are said, with a bar where a sentence is known to be over. */
function createWords() {
  const said: string[] = [];
  const words = new RoundWords({ say: (text) => void said.push(text), flush: () => void said.push('|') });
  return { words, heard: () => said.join('') };
}

test('round words: text after the calls belongs to the same speech, with a space between', () => {
  const { words, heard } = createWords();
  words.argument(0, '{"preamble":"Let me look.","order_id":"7"}');
  words.own('It may take a moment.');
  assert.equal(heard(), 'Let me look.| It may take a moment.');
  assert.equal(words.text, 'Let me look. It may take a moment.');
});

test('round words: words of the model drop the preambles of its calls', () => {
  const { words, heard } = createWords();
  words.own('I am on it.');
  words.argument(0, '{"preamble":"Let me look."}');
  words.late('Let me look.');
  assert.equal(heard(), 'I am on it.|');
});

test('round words: the first preamble counts, and no other, however their pieces mix', () => {
  const { words, heard } = createWords();
  words.argument(0, '{"preamble":"Fir');
  words.argument(1, '{"preamble":"Second."}');
  words.argument(0, 'st."}');
  assert.equal(heard(), 'First.|');
});

test('round words: an empty preamble leaves its place to the next one', () => {
  const { words, heard } = createWords();
  words.argument(0, '{"preamble":"","order_id":"7"}');
  words.argument(1, '{"preamble":"Second."}');
  assert.equal(heard(), 'Second.|');
});

test('round words: what was said is its text, white space before it included, so that its step finds it', () => {
  const { words, heard } = createWords();
  words.own('\n\n');
  words.late('One moment.');
  assert.equal(words.text, '\n\nOne moment.');
  assert.equal(heard(), '\n\nOne moment.|');
});

test('round words: a reply that broke off in a preamble does not mix with the arguments of the next one', () => {
  const { words, heard } = createWords();
  words.argument(0, '{"preamble":"Let me');
  words.restart();
  words.argument(0, '{"preamble":" look."}');
  assert.equal(heard(), 'Let me look.|');
});

test('round words: a preamble that was complete when its reply broke off is not said again by the next one', () => {
  const { words, heard } = createWords();
  words.argument(0, '{"preamble":"Let me look.","order');
  words.restart();
  words.argument(0, '{"preamble":"Let me look."}');
  words.late('Let me look.');
  assert.equal(heard(), 'Let me look.|');
});

test('round words: a preamble that broke off goes on with the first one of the next reply, whichever call has it', () => {
  const { words, heard } = createWords();
  words.argument(0, '{"preamble":"Let me');
  words.restart();
  words.argument(0, '{"preamble":"","order":1}');
  words.argument(1, '{"preamble":" look."}');
  assert.equal(heard(), 'Let me look.|');
});

test('round words: a preamble that broke off goes on with words of the model, as they are', () => {
  const { words, heard } = createWords();
  words.argument(0, '{"preamble":"Let me lo');
  words.restart();
  words.own('ok for it.');
  words.argument(0, '{"preamble":"One moment."}');
  assert.equal(heard(), 'Let me look for it.|');
});

test('round words: words before and after a call do not run into each other', () => {
  const { words } = createWords();
  words.own('I am on it.');
  words.argument(0, '{"preamble":""}');
  words.own('It may take a moment.');
  assert.equal(words.text, 'I am on it. It may take a moment.');
});

test('round words: what goes beyond the limit of a round is not said', () => {
  const { words, heard } = createWords();
  words.own('a'.repeat(MAX_WORDS_CHARS - 1));
  assert.equal(words.isFull, false);
  words.own('bc');
  assert.equal(words.isFull, true);
  assert.equal(heard().slice(-2), 'ab');
});
