import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../properties.ts';
import { escapeMarkdown } from '../../contract/markdown.ts';

test('markdown: words that would be markup are escaped, and others stay as they are', () => {
  for (const [words, escaped] of [
    ['Where is my order 4002? It is late - very late!', 'Where is my order 4002? It is late - very late!'],
    ['[Pay here](https://evil.example)', String.raw`\[Pay here\](https\://evil.example)`],
    ['![x](http://evil.example/x.png)', String.raw`!\[x\](http\://evil.example/x.png)`],
    [
      'see HTTPS://evil.example or mailto:a@evil.example',
      String.raw`see HTTPS\://evil.example or mailto\:a@evil.example`,
    ],
    ['<a href="javascript:x">y</a>', String.raw`\<a href="javascript:x"\>y\</a\>`],
    ['**bold** _it_ `code` ~~gone~~', String.raw`\*\*bold\*\* \_it\_ \`code\` \~\~gone\~\~`],
    ['a | b', String.raw`a \| b`],
    ['$20 and $30', String.raw`\$20 and \$30`],
    ['{namespace}', String.raw`\{namespace\}`],
    ['&#91;x&#93;', String.raw`\&#91;x\&#93;`],
    [String.raw`\[x](y)`, String.raw`\\\[x\](y)`],
    ['# one', String.raw`\# one`],
    ['- one', String.raw`\- one`],
    ['> one', String.raw`\> one`],
    ['12. one', String.raw`12\. one`],
    ['12 is one', '12 is one'],
  ] as const) {
    assert.equal(escapeMarkdown(words), escaped);
  }
});

test('markdown: words stay one line, whatever they are broken by', () => {
  assert.equal(escapeMarkdown(' one\n\n# two\u2028three\t '), 'one # two three');
});

test('markdown: words that are cut short end with a whole character and no open escape', () => {
  assert.equal(escapeMarkdown('one two', 7), 'one two');
  assert.equal(escapeMarkdown('one  two', 5), 'one t…');
  assert.equal(escapeMarkdown('one*two', 4), String.raw`one\*…`);
  assert.equal(escapeMarkdown('one\u{1F600}two', 4), 'one…');
});

test('markdown: without its backslashes the markdown is the words again, and it is well formed', () => {
  const words = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(words, (text) => {
      const escaped = escapeMarkdown(text);
      assert.ok(escaped.isWellFormed());
      const line = text.toWellFormed().replace(/\s+/g, ' ').trim();
      assert.equal(escaped.replace(/\\([!-/:-@[-`{-~])/g, '$1'), line);
      assert.doesNotMatch(escaped.replace(/\\./g, ''), /[`*_[\]<>{}|~&$^\\]/);
    }),
  );
});
