import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';

const root = join(import.meta.dirname, '../..');
const eslint = new ESLint({ cwd: root });

/** Rules that some source breaks if it stands in a folder; typed rules need the name of a file that exists. */
async function brokenRules(folder: string, source: string): Promise<(string | null)[]> {
  const file = readdirSync(join(root, folder)).find((name) => name.endsWith('.ts'));
  assert.ok(file);
  const [result] = await eslint.lintText(source, { filePath: join(root, folder, file) });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

const banned: [folder: string, source: string, rule: string][] = [
  ['turn', 'export const now = () => Date.now();', 'no-restricted-globals'],
  ['turn', 'export const now = () => performance.now();', 'no-restricted-globals'],
  ['turn', 'export const wait = () => setTimeout(() => undefined, 1);', 'no-restricted-globals'],
  ['turn', 'export const chance = () => Math.random();', 'no-restricted-properties'],
  ['turn', "import { join } from 'node:path';\nexport const path = join('a');", 'no-restricted-imports'],
  ['workflows', 'export const wait = () => setTimeout(() => undefined, 1);', 'no-restricted-globals'],
  ['workflows', 'export const id = () => crypto.randomUUID();', 'no-restricted-globals'],
  ['workflows', 'export const chance = () => Math.random();', 'no-restricted-properties'],
  ['workflows', "import { join } from 'node:path';\nexport const path = join('a');", 'no-restricted-imports'],
  ['workflows', 'let count = 0;\nexport const next = () => (count += 1);', 'no-restricted-syntax'],
  [
    'workflows',
    "import { patched } from '@temporalio/workflow';\nexport const isNew = () => patched('new');",
    'no-restricted-imports',
  ],
  ['turn', 'export const seen = new Map<string, number>();', 'no-restricted-syntax'],
  ['agent', 'export const home = () => process.env.HOME;', 'no-restricted-syntax'],
  ['agent', "export const say = () => console.log('');", 'no-console'],
  ['agent', 'export const start = () => {\n  Promise.resolve();\n};', '@typescript-eslint/no-floating-promises'],
  ['agent', 'export const sum = (a: 1, b: 1, c: 1, d: 1) => a + b + c + d;', 'max-params'],
  ['agent', `export const f = () => {\n${'  Number(1);\n'.repeat(50)}};`, 'max-lines-per-function'],
  ['agent', 'Number(1);\n'.repeat(251), 'max-lines'],
  [
    'agent',
    "export function f(kind: 'a' | 'b') {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
];
for (const [folder, source, rule] of banned) {
  test(`lint: ${rule} reports \`${source.split('\n')[0]?.slice(0, 60)}\` in ${folder}`, async () => {
    const rules = await brokenRules(folder, source);
    assert.ok(rules.includes(rule), `reported: ${rules.join(', ')}`);
  });
}

test('lint: the time of a workflow task may be read in workflows', async () => {
  assert.deepEqual(await brokenRules('workflows', 'export const now = () => Date.now();'), []);
});
