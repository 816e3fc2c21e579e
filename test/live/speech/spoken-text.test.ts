import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from '../../properties.ts';
import type { Pronunciation } from '../../../agent/agent.ts';
import { createSpokenForm, isSayable } from '../../../live/speech/spoken-text.ts';

const plain = createSpokenForm({ voiceText: 'plain', pronounce: [] });
const pronounced = (...pronounce: Pronunciation[]) => createSpokenForm({ voiceText: 'plain', pronounce });

for (const [written, spoken] of [
  ['**Oak lamp**: it *has* shipped.', 'Oak lamp: it has shipped.'],
  ['***Really*** ~~sold out~~ __here__.', 'Really sold out here.'],
  ['**Both. ', 'Both.'],
  ['Halves** come.', 'Halves come.'],
  ['# Your order', 'Your order'],
  ['> It was said.', 'It was said.'],
  ['- [x] Milk', 'Milk'],
  ['* Eggs', 'Eggs'],
  ['---', ''],
  ['```ts', ''],
  ['```', ''],
  ['Type `npm test` now.', 'Type npm test now.'],
  ['See [our page](https://shop.example/a_(b)?c=1 "Shop") for it.', 'See our page for it.'],
  ['Here](https://shop.example/a) it is.', 'Here it is.'],
  ['![A lamp](lamp.png)', 'A lamp'],
  ['Look at <https://shop.example>.', 'Look at.'],
  ['One<br>two', 'One two'],
  ['| Order | Status |', 'Order, Status'],
  ['|---|:--:|', ''],
  ['The order is out! 🎉', 'The order is out!'],
  ['👨‍👩‍👧 Family 👍🏽 ok 1️⃣ 🇩🇪', 'Family ok'],
  ['It costs \\$5\u0007.\u200B', 'It costs $5.'],
  ['A lone \ud83d half.', 'A lone half.'],
  // What only looks like a mark.
  ['Room #5, 2 * 3 = 6, 2**3, 5*4, a -1 b.', 'Room #5, 2 * 3 = 6, 2**3, 5*4, a -1 b.'],
  ['The field order_id of snake_case_names.', 'The field order_id of snake_case_names.'],
  ['Mail ada.byron@shop.example; © 2027 Shop™.', 'Mail ada.byron@shop.example; © 2027 Shop™.'],
  ['می‌خواهم क्‍ष', 'می‌خواهم क्‍ष'],
  ['3 < 5 and 7 > 2', '3 < 5 and 7 > 2'],
] as const) {
  test(`spoken text: '${written}' is spoken as '${spoken}'`, () => {
    assert.equal(plain(written).text, spoken);
  });
}

for (const [of, mark] of [
  ['dashes', '-'],
  ['line ends', '\n'],
  ['spaces', ' '],
  ['bars and dashes', '|-'],
  ['brackets', '['],
  ['beginnings of links', '[a]('],
  ['stars', '*'],
  ['dashes with spaces', '- '],
] as const) {
  // Backtracking in patterns shows in no count. Where it was as the cube of the length, this took minutes; it takes milliseconds.
  test(`spoken text: thousands of ${of} before a word are gone through without trying each of them`, () => {
    const speak = (): string => plain(`${mark.repeat(5_000)}word`).text;
    assert.match(String(runInNewContext('speak()', { speak }, { timeout: 20_000 })), /word$/);
  });
}

test('spoken text: as it is written, nothing is left out', () => {
  const spoken = createSpokenForm({ voiceText: 'as_written', pronounce: [] });
  assert.equal(spoken('**Hi** 🎉').text, '**Hi** 🎉');
});

test('spoken text: a word is pronounced wherever it stands alone, whatever its case, and a pattern by its group', () => {
  const spoken = pronounced(['SQL', 'sequel'], [/\b(\d+) kW\b/, '$1 kilowatts'], ['C++', 'see plus plus']);
  assert.equal(spoken('**Sql** and MySQL need 5 kW. C++!').text, 'sequel and MySQL need 5 kilowatts. see plus plus!');
});

test('spoken text: marks alone are nothing to say', () => {
  assert.deepEqual(
    ['🎉', '...', '—', '५', 'é', '½'].map((text) => isSayable(plain(text).text)),
    [false, false, false, true, true, true],
  );
});

test('spoken text: a place in what is spoken is one in what is written', () => {
  const written = 'The **oak lamp** 🎉 needs SQL.';
  const { text, toWritten } = pronounced(['SQL', 'ess queue ell'])(written);
  assert.equal(text, 'The oak lamp needs ess queue ell.');
  const heard = (spoken: string): string => written.slice(0, toWritten(spoken.length));
  assert.equal(heard('The'), 'The');
  assert.equal(heard('The oak'), 'The **oak');
  assert.equal(heard('The oak lamp needs'), 'The **oak lamp** 🎉 needs');
  assert.equal(heard('The oak lamp needs ess queue'), 'The **oak lamp** 🎉 needs ');
  assert.equal(heard('The oak lamp needs ess queue ell'), 'The **oak lamp** 🎉 needs SQL');
  assert.equal(heard(text), written);
});

test('spoken text: places rise with the words, whatever is written, and the whole is the whole', () => {
  const unit = fc.constantFrom(
    'a',
    'B',
    ' ',
    '*',
    '_',
    '`',
    '[',
    ']',
    '(',
    ')',
    '|',
    '#',
    '-',
    '🎉',
    '\ud83d',
    '\n',
    '5',
    'kW',
    '.',
    '\\',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 120 }), (written) => {
      const { text, toWritten } = pronounced(['kW', 'kilowatt'])(written);
      const places = Array.from({ length: text.length + 1 }, (_, end) => toWritten(end));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
      assert.equal(places.at(-1), written.length);
      assert.ok(text.length === 0 || places[0] === 0);
      if (/\]\(|```/.test(written)) return;
      const words = (of: string): string => of.replaceAll(/[^a-z\d]/gi, '');
      assert.equal(words(plain(written).text), words(written));
    }),
  );
});
