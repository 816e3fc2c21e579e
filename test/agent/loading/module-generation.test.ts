import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { ModuleGeneration } from '../../../agent/loading/module-generation.ts';

const root = join(import.meta.dirname, '../../..');
let generations = 0;

/** A folder of modules, beside the packages of this checkout. */
class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'legato-generation-'));

  constructor(t: TestContext, files: Readonly<Record<string, string>>) {
    t.after(() => rmSync(this.folder, { recursive: true }));
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(root, join(this.folder, 'node_modules/legato'));
    symlinkSync(join(root, 'node_modules/zod'), join(this.folder, 'node_modules/zod'));
    this.write('package.json', '{ "type": "module" }');
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  async load(name: string): Promise<{ readonly generation: ModuleGeneration; readonly value: unknown }> {
    const generation = new ModuleGeneration((generations += 1));
    const module = (await import(generation.urlOf(this.path(name)))) as { readonly default: unknown };
    generation.readAhead();
    return { generation, value: module.default };
  }
}

test('module generation: each has the files as they are, in TypeScript, JSON and CommonJS', async (t) => {
  const project = new Project(t, {
    'agent.ts': `import data from './data.json' with { type: 'json' };
      import old from './old.cjs';
      import { word } from './word.ts';
      export default [word, data.word, old.word, old.inner];`,
    'word.ts': `export const word: string = 'one';`,
    'data.json': '{ "word": "one" }',
    'old.cjs': `module.exports = { word: 'one', inner: require('./inner.cjs') };`,
    'inner.cjs': `module.exports = 'one';`,
  });
  const one = await project.load('agent.ts');
  assert.deepEqual(one.value, ['one', 'one', 'one', 'one']);
  for (const name of ['word.ts', 'data.json', 'old.cjs', 'inner.cjs']) {
    assert.ok(one.generation.files.has(project.path(name)), name);
  }
  project.write('word.ts', `export const word: string = 'two';`);
  project.write('data.json', '{ "word": "two" }');
  project.write('old.cjs', `module.exports = { word: 'two', inner: require('./inner.cjs') };`);
  project.write('inner.cjs', `module.exports = 'two';`);
  assert.deepEqual((await project.load('agent.ts')).value, ['two', 'two', 'two', 'two']);
});

test('module generation: Legato and packages are the same instances in all of them', async (t) => {
  const project = new Project(t, {
    'agent.ts': `import { defineAgent } from 'legato';
      import { z } from 'zod';
      export default { defineAgent, z };`,
  });
  const [one, two] = [await project.load('agent.ts'), await project.load('agent.ts')];
  assert.deepEqual(one.value, two.value);
  assert.notEqual(one.value, two.value);
  assert.deepEqual([...one.generation.files.keys()], [project.path('agent.ts')]);
});

test('module generation: a module that is imported late has the code of its generation', async (t) => {
  const project = new Project(t, {
    'agent.ts': `export default async () => (await import('./late.ts')).word;`,
    'late.ts': `export { word } from './later.ts';`,
    'later.ts': `export const word: string = 'one';`,
  });
  const one = (await project.load('agent.ts')).value as () => Promise<string>;
  project.write('later.ts', `export const word: string = 'two';`);
  const two = (await project.load('agent.ts')).value as () => Promise<string>;
  assert.deepEqual([await two(), await one()], ['two', 'one']);
});

test('module generation: files that a module names are among its files, and those of packages are not', async (t) => {
  const project = new Project(t, {
    'agent.ts': `import { readFileSync } from 'node:fs';
      import 'zod';
      export default readFileSync(new URL('prompt.md', import.meta.url), 'utf8');`,
    'prompt.md': 'Help.',
  });
  const { generation, value } = await project.load('agent.ts');
  assert.equal(value, 'Help.');
  assert.deepEqual([...generation.files.keys()].sort(), [project.path('agent.ts'), project.path('prompt.md')]);
});

test('module generation: a file that an import misses is among its files', async (t) => {
  const project = new Project(t, { 'agent.ts': `import './missing.ts';` });
  const generation = new ModuleGeneration((generations += 1));
  await assert.rejects(import(generation.urlOf(project.path('agent.ts'))));
  assert.equal(generation.files.get(project.path('missing.ts')), 'absent');
});

test('module generation: another thread gets its code, though the files are other ones by then', async (t) => {
  const project = new Project(t, {
    'agent.ts': `import old from './old.cjs';
      import { word } from './word.ts';
      export default [word, old];`,
    'word.ts': `export const word: string = 'one';`,
    'old.cjs': `module.exports = require('./inner.cjs');`,
    'inner.cjs': `module.exports = 'one';`,
  });
  const { generation } = await project.load('agent.ts');
  project.write('word.ts', `export const word: string = 'two';`);
  project.write('inner.cjs', `module.exports = 'two';`);
  const thread = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { ModuleGeneration } = await import(workerData.module);
    const generation = new ModuleGeneration(workerData.snapshot.number, workerData.snapshot);
    parentPort.postMessage((await import(generation.urlOf(workerData.path))).default);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(thread)}`), {
    workerData: {
      module: new URL('../../../agent/loading/module-generation.ts', import.meta.url).href,
      snapshot: generation.snapshot,
      path: project.path('agent.ts'),
    },
  });
  const [value] = (await once(worker, 'message')) as [unknown];
  await worker.terminate();
  assert.deepEqual(value, ['one', 'one']);
});

test('module generation: a file that was removed is read no more in the next one', async (t) => {
  const project = new Project(t, {
    'agent.ts': `import './gone.ts'; export default 1;`,
    'gone.ts': 'export {};',
  });
  await project.load('agent.ts');
  unlinkSync(project.path('gone.ts'));
  await assert.rejects(project.load('agent.ts'), /Cannot find module/);
});
