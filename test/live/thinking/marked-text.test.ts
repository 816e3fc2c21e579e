import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../properties.ts';
import { MarkedText } from '../../../live/thinking/marked-text.ts';

function read(pieces: readonly string[], maxCallChars = 1_000) {
  const text = new MarkedText(maxCallChars);
  const parts = [...pieces.flatMap((piece) => text.push(piece)), ...text.end()];
  const of = (kind: string) => parts.filter(({ is }) => is === kind).map((part) => part.text);
  return { words: of('words').join(''), calls: of('call') };
}

const LOOK = '<function=look>{"id":1}</function>';
const table: readonly [of: string, text: string, words: string, calls?: readonly string[]][] = [
  ['words without marks are said as they are', 'a < b, [1] and <b>bold</b> <|x', 'a < b, [1] and <b>bold</b> <|x'],
  ['thoughts are not said', '<think>Hm.</think>\n\nHello.', 'Hello.'],
  ['thoughts in mid-reply are not said', 'Hello. <Think>Hm.</THINK>There.', 'Hello. There.'],
  ['thoughts without an end are not said', 'Hello. <think>Hm. And so', 'Hello. '],
  ['thoughts are found in other marks', '[THINK]Hm.[/THINK]A◁think▷Hm.◁/think▷B<thinking>Hm.</thinking>C', 'ABC'],
  ['the end of thoughts alone is not said', 'Hm.</think>Hello.', 'Hm.Hello.'],
  [
    'a channel of thoughts is not said',
    '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hi',
    'Hi',
  ],
  ['a call is not said', `One moment. ${LOOK} There.`, 'One moment.  There.', [LOOK]],
  ['a call without an end is a call', '<tool_call>{"name":"look"', '', ['<tool_call>{"name":"look"']],
  ['a call in a list is a call', '[TOOL_CALLS][{"name":"look"}]', '', ['[TOOL_CALLS][{"name":"look"}]']],
  ['two calls are two', `${LOOK}${LOOK}`, '', [LOOK, LOOK]],
  ['letters that grow in lower case move nothing', `İİİ<think>İ</think>İ${LOOK}`, `İİİİ`, [LOOK]],
];

for (const [of, text, words, calls = []] of table) {
  test(`marked text: ${of}, however it is cut`, () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), (sizes) => {
        const pieces: string[] = [];
        for (let at = 0; at < text.length; at += sizes[(pieces.length - 1) % sizes.length] ?? 1) {
          pieces.push(text.slice(at, at + (sizes[pieces.length % sizes.length] ?? 1)));
        }
        assert.deepEqual(read(pieces), { words, calls });
      }),
    );
  });
}

test('marked text: only what may become a mark is held back', () => {
  const text = new MarkedText(100);
  const said = ['Hello', ' the', 're <', 't', 'o', 'day> x'].map((piece) => text.push(piece).map((part) => part.text));
  assert.deepEqual(said, [['Hello'], [' the'], ['re '], [], [], ['<', 'today> x']]);
});

test('marked text: of a call no more is kept than it may have', () => {
  const { calls } = read(['<tool_call>', ...Array<string>(100).fill('x'.repeat(50))], 64);
  assert.equal(calls[0]?.length, 64);
});
