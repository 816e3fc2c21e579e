import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { loadWorkflowBundle } from '../../worker/workflow-bundle.ts';
import { createNextVersion } from '../durability/next-version.ts';
import { workflowBundle } from '../workflow-bundle.ts';

interface Loaded {
  readonly loadWorkflowBundle: typeof loadWorkflowBundle;
}

/** A copy of the code, so that a source can be changed, and an empty cache. */
async function createCopy() {
  const copy = await createNextVersion({ isWritten: true });
  const folder = await mkdtemp(join(tmpdir(), 'legato-bundles-'));
  const root = dirname(dirname(copy.main));
  const loaded = (await import(join(root, 'worker/workflow-bundle.ts'))) as Loaded;
  return {
    folder,
    source: (name: string) => join(root, name),
    load: async (from: { readonly folder?: string } = { folder }): Promise<string> =>
      ((await loaded.loadWorkflowBundle(from.folder)) as { code: string }).code,
    kept: async (): Promise<readonly string[]> => readdir(folder),
    [Symbol.asyncDispose]: async () => {
      await rm(folder, { recursive: true });
      await copy[Symbol.asyncDispose]();
    },
  };
}

test('workflow bundle: it is made once and read from the cache by those that come later, until a source changes or the file is empty', async () => {
  await using copy = await createCopy();
  const [code, same] = await Promise.all([copy.load(), copy.load()]);
  assert.equal(same, code);
  assert.match(code, /next-begin/);
  const [name = '', ...others] = await copy.kept();
  assert.deepEqual(others, []);
  await writeFile(join(copy.folder, name), 'from the cache');
  assert.equal(await copy.load(), 'from the cache');
  await writeFile(join(copy.folder, name), '');
  assert.equal(await copy.load(), code);
  assert.equal((await readFile(join(copy.folder, name), 'utf8')).length, code.length);
  await appendFile(copy.source('turn/advance.ts'), "\nexport const CHANGED = 'this was added';\n");
  assert.match(await copy.load(), /this was added/);
  assert.equal((await copy.kept()).length, 2);
});

test('workflow bundle: without a folder, or with one that cannot be written, a process makes its own', async () => {
  await using copy = await createCopy();
  assert.match(await copy.load({ folder: copy.source('package.json') }), /next-begin/);
  assert.match(await copy.load({}), /next-begin/);
});

test('workflow bundle: our code in it is of the folders whose changes make a new one', async () => {
  const { code } = await workflowBundle();
  const modules = [...code.matchAll(/^\s*!\*\*\* (\S+) \*\*\*!/gm)].map(([, name = '']) => name);
  const folders = modules.flatMap((name) => /^\.\/(?!node_modules\/)([^/]+)\//.exec(name)?.[1] ?? []);
  assert.deepEqual([...new Set(folders)].sort(), ['contract', 'turn', 'workflows']);
});
