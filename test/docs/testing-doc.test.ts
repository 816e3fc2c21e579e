import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');

// In the checkout, where an import of 'legato' finds this package.
mkdirSync(join(root, '.legato'), { recursive: true });

for (const name of ['docs/testing.md', 'docs/metadata.md']) {
  const doc = readFileSync(join(root, name), 'utf8');
  const folder = mkdtempSync(join(root, '.legato/tested-doc-'));
  after(() => rmSync(folder, { recursive: true }));
  const files = [...doc.matchAll(/^```ts\n\/\/ (?<name>.*)\n(?<source>[^]*?)^```$/gm)].map(({ groups = {} }) => {
    const file = join(folder, groups.name ?? '');
    writeFileSync(file, groups.source ?? '');
    return file;
  });

  test(`${name}: every block of TypeScript is a file that is run`, () => {
    assert.equal(doc.split('\n').filter((line) => line === '```ts').length, files.length);
  });

  test(`${name}: every example has the types that authors are given`, () => {
    const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, root);
    const program = ts.createProgram(files, options);
    const diagnostics = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.startsWith(folder));
    const texts = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    assert.deepEqual(texts, []);
  });

  for (const file of files.filter((path) => path.endsWith('.test.ts'))) {
    test(`${name}: the tests in ${file.slice(folder.length + 1)} pass`, async () => {
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const args = ['--conditions=legato-source', '--test', '--test-reporter=tap', file];
      // It rejects with the report where one fails.
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
      assert.match(stdout, /^# pass [1-9]/m);
    });
  }
}
