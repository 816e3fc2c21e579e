import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadReplies } from '../../agent/load-replies.ts';

async function repliesOf(t: TestContext, source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-replies-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'replies.ts');
  await writeFile(file, source);
  return file;
}

test('load replies: the default export of a module is the rules', async (t) => {
  const rules = await loadReplies(await repliesOf(t, "export default [{ when: 'hello', reply: 'Hi.' }];"));
  assert.deepEqual(rules, [{ when: 'hello', reply: 'Hi.' }]);
});

const refused: [title: string, source: string, ...lines: RegExp[]][] = [
  [
    'a syntax error has its place and the lines around it',
    "const hello = 'Hi.';\nexport default [{ reply: hello,, }];\n",
    /^it has a syntax error: .*; fix the module$/,
    /^ {2}FILE:2:32$/,
    /^ {4}1 \| const hello = 'Hi\.';$/,
    /^ {2}> 2 \| export default/,
  ],
  [
    'an error that it throws has its place',
    'const rules: { reply: string }[] = [];\nrules[0]!.reply.trim();\nexport default rules;\n',
    /^importing it failed: TypeError: Cannot read properties of undefined \(reading 'reply'\); fix the module$/,
    /^ {2}FILE:2:11$/,
    /^ {4}1 \|/,
    /^ {2}> 2 \| rules\[0\]!\.reply\.trim\(\);$/,
  ],
  [
    'a module without a default export is told what to add',
    'export const rules = [];',
    /^it has no default export; add 'export default \[\{ when: …, reply: … \}\]'$/,
  ],
  [
    'rules with faults are told all of them',
    "export default [{ when: 'hello' }, 'Hi.'];",
    /^its default export has 2 faults:$/,
    /^- rule 1 has no 'reply'$/,
    /^- rule 2 is a reply without a rule; write/,
  ],
];
for (const [title, source, ...lines] of refused) {
  test(`load replies: ${title}`, async (t) => {
    const file = await repliesOf(t, source);
    await assert.rejects(loadReplies(file), (error: Error) => {
      const start = "Cannot load replies 'FILE': ";
      const message = error.message.replaceAll(file, 'FILE');
      assert.ok(message.startsWith(start), message);
      const told = message.slice(start.length).split('\n');
      lines.forEach((line, index) => assert.match(told[index] ?? '', line));
      return true;
    });
  });
}

test('load replies: a file that is not there is told with the variable that names it', async () => {
  await assert.rejects(
    loadReplies('nowhere/replies.ts'),
    /there is no file '.*nowhere.replies.ts'; check LEGATO_REPLIES/,
  );
});
