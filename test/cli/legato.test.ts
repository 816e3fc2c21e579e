import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Linter } from 'eslint';

const root = join(import.meta.dirname, '../..');
const entry = join(root, 'cli/legato.ts');

/** Runs the command on this Node, which says that it is another version. */
function runOn(version: string, args: readonly string[], cwd = tmpdir()) {
  const versions = `{ value: { ...process.versions, node: '${version}' } }`;
  const fake = `data:text/javascript,Object.defineProperty(process, 'versions', ${versions})`;
  const conditions = ['--conditions=legato-source', `--import=${fake}`];
  return spawnSync(process.execPath, [...conditions, entry, ...args], { cwd, encoding: 'utf8' });
}

for (const version of ['16.20.2', '22.22.0']) {
  test(`legato: on Node ${version} each command is one sentence about the version`, () => {
    for (const command of ['dev', 'doctor', '--help']) {
      const { status, stdout, stderr } = runOn(version, [command]);
      const sentence = `Legato needs Node 24 or newer, and this is Node ${version}; install a newer one: https://nodejs.org\n`;
      assert.deepEqual([status, stdout, stderr], [1, '', sentence]);
    }
  });
}

test('legato: on an old Node, in a project that brings a newer one, it says how to use that', () => {
  const { status, stderr } = runOn('22.22.0', ['dev', '--watch'], root);
  assert.equal(status, 1);
  assert.match(stderr, /this is Node 22\.22\.0; run it by npx, .* of this project: npx legato dev --watch\n$/);
});

test('legato: on a newer Node the command runs', () => {
  const { status, stdout } = runOn('26.1.0', ['--help'], root);
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: legato/);
});

test('legato: the first file of the command is of a syntax that Node 16 reads, and imports nothing before its check', () => {
  const text = readFileSync(entry, 'utf8');
  const messages = new Linter().verify(text, [{ languageOptions: { ecmaVersion: 2021, sourceType: 'module' } }]);
  assert.deepEqual(messages, []);
  assert.doesNotMatch(text, /^(import|export .* from)\b/m);
});
