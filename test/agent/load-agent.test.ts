import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadAgent } from '../../agent/load-agent.ts';

const legato = pathToFileURL(join(import.meta.dirname, '../../agent/index.ts')).href;

async function moduleOf(t: TestContext, source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-agent-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'agent.ts');
  await writeFile(file, source);
  return file;
}

test('load agent: the default export of a module is the agent', async (t) => {
  const options = "{ name: 'orders', instructions: 'Help.', model: 'gpt-5.1', voice: 'alloy' }";
  const file = await moduleOf(t, `import { defineAgent } from '${legato}';\nexport default defineAgent(${options});`);
  const agent = await loadAgent(file);
  assert.equal(agent.name, 'orders');
});

const refused: [title: string, source: string, reason: RegExp][] = [
  ['a syntax error', 'export default {', /it has a syntax error: .+; fix the module$/],
  [
    'a module that throws',
    "throw new Error('no database\\nat all');",
    /importing it failed: no database; fix the module$/,
  ],
  ['a module that throws no error', "throw 'nothing';", /it threw 'nothing'; fix the module$/],
  ['an import of nothing', "import './missing.ts';", /importing it failed: Cannot find module .*; fix the module$/],
  ['no default export', 'export const agent = 1;', /it has no default export; add 'export default defineAgent/],
  [
    'another default export',
    'export default {};',
    /its default export is not an agent; export what 'defineAgent' returns$/,
  ],
  [
    'faults of the definition',
    `import { defineAgent } from '${legato}';\nexport default defineAgent({ name: 'orders', voice: 'alloy' });`,
    /cannot define agent 'orders': its definition has 2 faults:\n- 'instructions' is missing; .*\n- 'model' is missing; .*$/,
  ],
];
for (const [title, source, reason] of refused) {
  test(`load agent: ${title} is told with the module's path, and without a stack`, async (t) => {
    const file = await moduleOf(t, source);
    await assert.rejects(loadAgent(file), (error: Error) => {
      assert.ok(error.message.startsWith(`Cannot load agent module '${file}': `));
      assert.match(error.message, reason);
      assert.doesNotMatch(error.message, /\n {4}at /);
      return true;
    });
  });
}

test('load agent: a file that is not there is told with its whole path', async () => {
  await assert.rejects(
    loadAgent('no/such/agent.ts'),
    /Cannot load agent module 'no\/such\/agent.ts': there is no file '.+agent.ts'/,
  );
});

test('load agent: a folder is refused', async () => {
  await assert.rejects(loadAgent(import.meta.dirname), /it is not a file; name the module in it/);
});
