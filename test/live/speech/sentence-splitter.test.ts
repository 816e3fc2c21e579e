import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../properties.ts';
import { SentenceSplitter } from '../../../live/speech/sentence-splitter.ts';

function cut(...pieces: string[]): string[] {
  const cutter = new SentenceSplitter();
  return [...pieces.flatMap((piece) => cutter.push(piece)), ...cutter.end()];
}

test('sentence cutter: a sentence is handed over when the space after its end has come', () => {
  const cutter = new SentenceSplitter();
  assert.deepEqual(cutter.push('It has shipped.'), []);
  assert.deepEqual(cutter.push(' '), ['It has shipped.']);
  assert.deepEqual(cutter.push('It comes'), []);
  assert.deepEqual(cutter.end(), ['It comes']);
});

test('sentence cutter: several sentences in one piece come out one by one', () => {
  assert.deepEqual(cut('Yes! It is here. Is that all? Good'), ['Yes!', 'It is here.', 'Is that all?', 'Good']);
});

test('sentence cutter: abbreviations and decimals end no sentence', () => {
  assert.deepEqual(cut('Dr. Smith owes 4.50 dollars, e.g. for tea. Right.'), [
    'Dr. Smith owes 4.50 dollars, e.g. for tea.',
    'Right.',
  ]);
});

test('sentence cutter: text without an end is cut at a space before it grows beyond 300 characters', () => {
  const sentences = cut(`${'word '.repeat(100)}`);
  assert.ok(sentences.length > 1);
  assert.ok(sentences.every((sentence) => sentence.length <= 300 && !sentence.includes('wordword')));
});

test('sentence cutter: white space alone is nothing to say', () => {
  assert.deepEqual(cut(' \n', '  '), []);
});

test('sentence cutter: no character but white space is lost or said twice, however the text is cut into pieces', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '.', '!', ' ', '?', '\n', 'é', '9'), maxLength: 400 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (pieces) => {
      const squeeze = (said: string): string => said.replaceAll(/\s/g, '');
      assert.equal(squeeze(cut(...pieces).join('')), squeeze(pieces.join('')));
    }),
  );
});

test('sentence cutter: the language decides where a sentence ends', () => {
  const cutIn = (language: string, text: string) => new SentenceSplitter(language).push(text);
  assert.deepEqual(cutIn('el', 'Πού είναι; Ήρθε. '), ['Πού είναι;', 'Ήρθε.']);
  assert.deepEqual(cutIn('en', 'Πού είναι; Ήρθε. '), ['Πού είναι; Ήρθε.']);
  assert.deepEqual(cutIn('es', 'Creo que no. Gracias. '), ['Creo que no.', 'Gracias.']);
  assert.deepEqual(cutIn('en', 'It is no. 5. '), ['It is no. 5.']);
  assert.deepEqual(cutIn('de-CH', 'Das kostet z. B. bzw. ca. 5 Franken. '), ['Das kostet z. B. bzw. ca. 5 Franken.']);
  assert.deepEqual(cutIn('hi', 'यह आ गया। '), ['यह आ गया।']);
});
