import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { apiDocument } from '../declared-answers.ts';
import { runNpmTool, withoutNpmTools as skip } from './tools.ts';

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'legato-openapi-'));
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(apiDocument, null, 2));
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('openapi: redocly lint finds no error and no warning by its recommended rules', { skip }, async () => {
  const args = ['lint', '--format=json', '--extends=recommended', 'openapi.json'];
  const { stdout } = await runNpmTool('@redocly/cli/bin/cli.js', args, folder);
  const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; message: string }[] };
  assert.deepEqual(
    problems.map(({ ruleId, message }) => `${ruleId}: ${message}`),
    [],
  );
});

test(
  'openapi: a program that uses every call, item and event compiles with the types of openapi-typescript',
  { skip },
  async () => {
    const made = await runNpmTool('openapi-typescript/bin/cli.js', ['openapi.json', '--output=api.ts'], folder);
    assert.equal(made.code, 0, made.stderr);
    copyFileSync(join(import.meta.dirname, 'npm/calls.ts'), join(folder, 'calls.ts'));
    const strict = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--allowImportingTsExtensions'];
    const args = [...strict, '--module', 'nodenext', 'calls.ts'];
    const { stdout } = await runNpmTool('typescript/bin/tsc', args, folder);
    assert.equal(stdout, '');
  },
);
