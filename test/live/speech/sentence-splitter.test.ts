import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../properties.ts';
import { SentenceSplitter } from '../../../live/speech/sentence-splitter.ts';

function cut(...pieces: string[]): string[] {
  const cutter = new SentenceSplitter();
  return [...pieces.flatMap((piece) => cutter.push(piece)), ...cutter.end()];
}

test('sentence splitter: a sentence is handed over when the space after its end has come', () => {
  const cutter = new SentenceSplitter();
  assert.deepEqual(cutter.push('It has shipped.'), []);
  assert.deepEqual(cutter.push(' '), ['It has shipped.']);
  assert.deepEqual(cutter.push('It comes'), []);
  assert.deepEqual(cutter.end(), ['It comes']);
});

test('sentence splitter: several sentences in one piece come out one by one', () => {
  assert.deepEqual(cut('Yes! It is here. Is that all? Good'), ['Yes!', 'It is here.', 'Is that all?', 'Good']);
});

test('sentence splitter: abbreviations and decimals end no sentence', () => {
  assert.deepEqual(cut('Dr. Smith owes 4.50 dollars, e.g. for tea. Right.'), [
    'Dr. Smith owes 4.50 dollars, e.g. for tea.',
    'Right.',
  ]);
});

test('sentence splitter: text without an end is cut at a space before it grows beyond 300 characters', () => {
  const sentences = cut(`${'word '.repeat(100)}`);
  assert.ok(sentences.length > 1);
  assert.ok(sentences.every((sentence) => sentence.length <= 300 && !sentence.includes('wordword')));
});

test('sentence splitter: white space alone is nothing to say', () => {
  assert.deepEqual(cut(' \n', '  '), []);
});

test('sentence splitter: no character but white space is lost or said twice, however the text is cut into pieces', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '.', '!', ' ', '?', '\n', 'é', '9'), maxLength: 400 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (pieces) => {
      const squeeze = (said: string): string => said.replaceAll(/\s/g, '');
      assert.equal(squeeze(cut(...pieces).join('')), squeeze(pieces.join('')));
    }),
  );
});

test('sentence splitter: the language decides where a sentence ends', () => {
  const cutIn = (language: string, text: string) => new SentenceSplitter(language).push(text);
  assert.deepEqual(cutIn('el', 'Πού είναι; Ήρθε. '), ['Πού είναι;', 'Ήρθε.']);
  assert.deepEqual(cutIn('en', 'Πού είναι; Ήρθε. '), ['Πού είναι; Ήρθε.']);
  assert.deepEqual(cutIn('es', 'Creo que no. Gracias. '), ['Creo que no.', 'Gracias.']);
  assert.deepEqual(cutIn('en', 'It is no. 5. '), ['It is no. 5.']);
  assert.deepEqual(cutIn('de-CH', 'Das kostet z. B. bzw. ca. 5 Franken. '), ['Das kostet z. B. bzw. ca. 5 Franken.']);
  assert.deepEqual(cutIn('hi', 'यह आ गया। '), ['यह आ गया।']);
});

for (const [language, sentences] of [
  ['en', ['1. Open the app.', '2. Press start!', 'It is 3.', 'Really.']],
  ['en', ['Call Dr. Byron of the U.S. office at 5 p.m. today.', 'Bye.']],
  ['en', ['It was 4.50 on 3.12.2026, i.e. v2.X of www.shop.example/?q=1!x&b=2.', 'Write to a.b@shop.example.']],
  ['en', ['“Is it here?”', 'She asked (twice.)', 'Wait!', 'What?!', 'OK']],
  ['de', ['Sie kommt am 3. März z. B. um 10.30 Uhr zu Fr. Dr. Meyer.', 'Das kostet 1.299,50 Euro.', 'Gut!']],
  ['fr', ['M. Dupont arrive à 10 h 30.', 'Est-ce que ça va ?', 'Oui !']],
  ['es', ['¿Está el Sr. Gómez?', '¡Claro que sí!', 'Vale.']],
  ['ja', ['注文は発送されました。', '木曜日に届きます！', '他にありますか？', 'はい']],
  ['zh', ['订单已发货。', '周四到达！', '还有别的吗？', '好的']],
  ['ar', ['هل وصل الطلب؟', 'نعم، وصل أمس.', 'شكرا!']],
  ['hi', ['ऑर्डर भेज दिया गया है।', 'क्या और कुछ चाहिए?', 'ठीक है']],
] as const) {
  test(`sentence splitter: '${language}' is split into '${sentences.join("' | '")}', in whatever pieces it comes`, () => {
    const isSpaced = language !== 'ja' && language !== 'zh';
    const text = sentences.join(isSpaced ? ' ' : '');
    for (const size of [1, 2, 3, 7, text.length]) {
      const splitter = new SentenceSplitter(language);
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      );
      assert.deepEqual([...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()], sentences);
    }
  });
}

test('sentence splitter: a long text is split at a comma, or between characters as they are read, and never within one', () => {
  const family = '👨‍👩‍👧';
  assert.ok(cut(family.repeat(120)).every((part) => part.length <= 300 && part.replaceAll(family, '') === ''));
  assert.ok(cut(`${'啊'.repeat(200)}，${'啊'.repeat(200)}`)[0]?.endsWith('，'));
  assert.ok(cut('नमस्ते'.repeat(100)).every((part) => !/^\p{M}/u.test(part)));
});

test('sentence splitter: a sentence that comes whole is split as it is in pieces once it is too long for a voice', () => {
  const text = `${'a long word '.repeat(1_000)}ends. Bye. `;
  const whole = cut(text);
  assert.ok(whole.every((part) => part.length <= 300));
  assert.equal(whole.join(' '), text.trim());
});
