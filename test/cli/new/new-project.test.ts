import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

const root = join(import.meta.dirname, '../../..');

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'legato-new-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function make(cwd: string, args: readonly string[], entry = 'main.ts') {
  const command = ['--conditions=legato-source', join(root, 'cli', entry), 'new', ...args];
  return spawnSync(process.execPath, command, { cwd, encoding: 'utf8' });
}

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

test('legato new: a project has all that it needs under its own name, and the next commands are printed', (t) => {
  const folder = emptyFolder(t);
  const { status, stdout, stderr } = make(folder, ['shop.desk', '--legato', '0.1.0']);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(
    stdout,
    /^Made shop\.desk, which depends on legato 0\.1\.0\. Next:\n\n {2}cd shop\.desk\n {2}npm install\n/,
  );
  const project = join(folder, 'shop.desk');
  assert.deepEqual(readdirSync(project).sort(), [
    ...['.dockerignore', '.gitignore', 'Dockerfile', 'README.md', 'agent.test.ts', 'agent.ts', 'package.json'],
    ...['replies.ts', 'tsconfig.json'],
  ]);
  assert.equal(manifestOf(project).name, 'shop.desk');
  // An agent's name has no dots.
  assert.match(readFileSync(join(project, 'agent.ts'), 'utf8'), /name: 'shop-desk',/);
  assert.match(readFileSync(join(project, '.gitignore'), 'utf8'), /^node_modules\/$/m);
});

test('legato new: every version is exact, and the one that this package is tested with', (t) => {
  const folder = emptyFolder(t);
  make(folder, ['desk', '--legato', '0.1.0']);
  const tested = manifestOf(root).devDependencies;
  const { dependencies, devDependencies } = manifestOf(join(folder, 'desk'));
  const { legato, ...others } = { ...dependencies, ...devDependencies };
  assert.equal(legato, '0.1.0');
  assert.deepEqual(Object.keys(others).sort(), ['@types/node', 'node', 'typescript', 'zod']);
  for (const [name, version] of Object.entries(others)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.equal(tested[name]?.replace(/^[~^]/, ''), version);
  }
});

test('legato new: a packed file becomes a part of the project', (t) => {
  const folder = emptyFolder(t);
  writeFileSync(join(folder, 'legato-0.1.0.tgz'), 'packed');
  assert.equal(make(folder, ['desk', '--legato', 'legato-0.1.0.tgz']).status, 0);
  assert.equal(manifestOf(join(folder, 'desk')).dependencies['legato'], 'file:legato-0.1.0.tgz');
  assert.equal(readFileSync(join(folder, 'desk/legato-0.1.0.tgz'), 'utf8'), 'packed');
});

test('legato new: an empty folder is taken, also the one that one is in', (t) => {
  const folder = join(emptyFolder(t), 'desk');
  mkdirSync(folder);
  const { status, stdout } = make(folder, ['.', '--legato', '0.1.0']);
  assert.equal(status, 0);
  assert.doesNotMatch(stdout, /^ {2}cd /m);
  assert.equal(manifestOf(folder).name, 'desk');
});

const refused: [title: string, args: string[], sentence: RegExp][] = [
  [
    'a folder that is not empty',
    ['full'],
    /^Cannot make a project in 'full': it is not empty; name a new or an empty folder\n$/,
  ],
  ['a file', ['file'], /^Cannot make a project in 'file': it is a file; name a new or an empty folder\n$/],
  ['a name that npm refuses', ['Desk'], /^Cannot make a project called 'Desk': .*; choose another name\n$/],
  ['the name of a dependency', ['some/legato'], /^Cannot make a project called 'legato': the project depends on /],
  [
    'a packed file that is not there',
    ['desk', '--legato', 'none.tgz'],
    /^There is no packed legato '.*none\.tgz'; give its path/,
  ],
];
for (const [title, args, sentence] of refused) {
  for (const entry of ['main.ts', 'new/run-new.ts']) {
    test(`legato new: ${title} is refused with a sentence, and nothing is written (${entry})`, (t) => {
      const folder = emptyFolder(t);
      mkdirSync(join(folder, 'full'));
      writeFileSync(join(folder, 'full/mine.txt'), 'mine');
      writeFileSync(join(folder, 'file'), 'mine');
      const { status, stderr } = make(folder, args.includes('--legato') ? args : [...args, '--legato', '0.1.0'], entry);
      assert.equal(status, 1);
      assert.match(stderr, sentence);
      assert.deepEqual(readdirSync(folder).sort(), ['file', 'full']);
      assert.deepEqual(readdirSync(join(folder, 'full')), ['mine.txt']);
    });
  }
}

test('legato new: on an old Node, for which all else is too new, it makes the same project', (t) => {
  const folder = emptyFolder(t);
  assert.equal(make(folder, ['new-node', '--legato', '0.1.0']).status, 0);
  const old = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "20.11.0" })';
  const args = ['--conditions=legato-source', `--import=${old}`, join(root, 'cli/legato.ts')];
  const { status, stderr } = spawnSync(process.execPath, [...args, 'new', 'old-node', '--legato', '0.1.0'], {
    ...{ cwd: folder, encoding: 'utf8' },
  });
  assert.deepEqual([status, stderr], [0, '']);
  assert.deepEqual(readdirSync(join(folder, 'old-node')), readdirSync(join(folder, 'new-node')));
  const without = spawnSync(process.execPath, [...args, 'new'], { cwd: folder, encoding: 'utf8' });
  assert.match(without.stderr, /^Name one folder; usage: 'legato new <folder>'/);
  assert.ok(!existsSync(join(folder, 'new')));
});
