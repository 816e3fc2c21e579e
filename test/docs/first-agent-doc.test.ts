import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const doc = readFileSync(join(root, 'docs/first-agent.md'), 'utf8');
const [rules = '', tool = '', rule = '', testing = ''] = [...doc.matchAll(/^```ts\n([^]*?)^```$/gm)].map(
  ([, block = '']) => block,
);

// A project as 'legato new' makes it, in the checkout, where an import of 'legato' finds this package.
mkdirSync(join(root, '.legato'), { recursive: true });
const project = mkdtempSync(join(root, '.legato/first-agent-doc-'));
after(() => rmSync(project, { recursive: true }));
cpSync(join(root, 'cli/new/template'), project, { recursive: true });

function edit(name: string, change: (text: string) => string): void {
  const file = join(project, name);
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  assert.notEqual(changed, text);
  writeFileSync(file, changed);
}

// What the page says to do.
edit('agent.ts', (text) =>
  text.replace('export default', `${tool}\nexport default`).replace('bookPickup]', 'bookPickup, openingHours]'),
);
edit('replies.ts', (text) => text.replace(/\];\s*export default/, `${rule}];\n\nexport default`));
edit('agent.test.ts', (text) => `${text.replace('bookPickup,', 'bookPickup, openingHours,')}\n${testing}`);
writeFileSync(join(project, 'rules.ts'), rules);

test('docs/first-agent.md: the project that it leads to has the types that authors are given', () => {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, root);
  const files = ['agent.ts', 'replies.ts', 'agent.test.ts', 'rules.ts'].map((name) => join(project, name));
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
  const texts = diagnostics
    .filter(({ file }) => file?.fileName.startsWith(project))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  assert.deepEqual(texts, []);
});

test('docs/first-agent.md: the tests of the project that it leads to pass', async () => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ['--conditions=legato-source', '--test', '--test-reporter=tap', join(project, 'agent.test.ts')];
  // It rejects with the report where one fails.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
  assert.match(stdout, /^# pass 5$/m);
});
