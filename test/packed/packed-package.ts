// The package as others get it: packed, installed in an empty project, imported, type-checked and run. Needs a registry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const project = mkdtempSync(join(tmpdir(), 'legato-packed-'));
// The Node of this checkout, wherever `env node` or npm look for one.
const environment = { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) };

let packed: string[] = [];

const run = (command: string, args: string[], cwd = project) =>
  execFileSync(command, args, { cwd, env: environment, encoding: 'utf8', shell: process.platform === 'win32' });
const write = (name: string, ...lines: string[]) => writeFileSync(join(project, name), `${lines.join('\n')}\n`);

before(() => {
  run('npm', ['run', 'build'], root);
  const report = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], root);
  const packages = Object.values(JSON.parse(report) as object) as { filename: string; files: { path: string }[] }[];
  const [{ filename, files }] = packages as [(typeof packages)[0]];
  packed = files.map(({ path }) => path);
  write('package.json', '{ "name": "empty", "private": true, "type": "module" }');
  run('npm', ['install', '--no-audit', '--no-fund', join(project, filename), 'zod']);
  write(
    'agent.mjs',
    "import { defineAgent, defineTool } from 'legato';",
    "import { z } from 'zod';",
    "const greet = defineTool({ name: 'greet', description: 'Greets', input: z.object({ who: z.string() }), effect: 'read',",
    '  run: ({ who }) => ({ said: who }) });',
    "export default defineAgent({ name: 'greeter', instructions: 'Greet.', model: 'gpt-5.1', voice: 'alloy', tools: [greet] });",
  );
});
after(() => rmSync(project, { recursive: true }));

test('packed: it holds what is published, and nothing else', () => {
  for (const name of ['LICENSE', 'package.json', 'dist/cli/main.js', 'dist/dev-server/dynamic-config.yaml']) {
    assert.ok(packed.includes(name), name);
  }
  const others = packed.filter(
    (name) => !/^dist\/.+\.(js|d\.ts|yaml)$/.test(name) && !/^(LICENSE|README\.md|package\.json)$/.test(name),
  );
  assert.deepEqual(others, []);
  assert.deepEqual(
    packed.filter((name) => /scripted|^dist\/(test|bench|examples)\//.test(name)),
    [],
  );
});

test('packed: the offline voice is not installed with it', () => {
  assert.ok(!existsSync(join(project, 'node_modules/espeak-ng')));
  assert.doesNotMatch(readFileSync(join(project, 'package-lock.json'), 'utf8'), /espeak/);
});

test('packed: an agent module and the client are imported by name', () => {
  write(
    'use.mjs',
    "import * as client from 'legato/client';",
    "import agent from './agent.mjs';",
    'console.log(agent.name, [...agent.tools.keys()].join(), Object.keys(client).length > 0);',
  );
  assert.equal(run('node', ['use.mjs']).trim(), 'greeter greet true');
});

test('packed: types are found, and tell a wrong definition', () => {
  write(
    'types.ts',
    "import { type Agent, defineAgent, defineTool } from 'legato';",
    "import * as client from 'legato/client';",
    "import { z } from 'zod';",
    "const greet = defineTool({ name: 'greet', description: 'Greets', input: z.object({ who: z.string() }), effect: 'read',",
    '  run: ({ who }) => who.length });',
    '// @ts-expect-error: the effect is not said',
    "defineTool({ name: 'x', description: 'x', input: z.object({}), run: () => 1 });",
    "export const agent: Agent = defineAgent({ name: 'a', instructions: 'a', model: 'm', voice: 'v', tools: [greet] });",
    'export { client };',
  );
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck', ...types];
  assert.equal(run('node', [join(root, 'node_modules/typescript/bin/tsc'), ...options, 'types.ts']), '');
});

test('packed: the command line starts', () => {
  const help = run(join(project, 'node_modules/.bin/legato'), ['--help']);
  for (const command of ['dev', 'serve', 'worker', 'say', 'doctor'])
    assert.match(help, new RegExp(`^ +${command}\\b`, 'm'));
});
