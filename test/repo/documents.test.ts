import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
const files = list.split('\n').filter((name) => name !== '' && existsSync(join(root, name)));
const folders = new Set(files.filter((name) => name.includes('/')).map((name) => name.split('/')[0] ?? ''));
const names = new Set(files.map((name) => basename(name)));
const documents = files.filter((name) => name.endsWith('.md'));

const MADE_BY_RUNNING = /^(\.legato|dist|node_modules)(\/|$)/;
const FILE = /[\w-]\.(ts|js|json|ya?ml|md|sql|sh)$/;

/** What stands in backticks, or as an argument in a command there, and looks like a path of this repository. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, inside = '']) => inside.split(/\s+/));
  const plain = quoted
    .map((word) => word.replace(/^["'(]+|[.,;:"')]+$/g, ''))
    .filter((word) => /^[\w./-]+$/.test(word));
  return plain.filter((word) => {
    if (word.startsWith('/') || MADE_BY_RUNNING.test(word)) return false;
    return FILE.test(word) || (word.includes('/') && folders.has(word.split('/')[0] ?? ''));
  });
}

/** From the root, or from the folder of the document that names it, or anywhere if it names no folder. */
function isThere(path: string, document: string): boolean {
  if (!path.includes('/') && names.has(path)) return true;
  return [root, join(root, dirname(document))].some((folder) => existsSync(join(folder, path)));
}

for (const name of documents) {
  test(`${name}: every path that it names is there`, () => {
    assert.deepEqual(
      pathsIn(read(name)).filter((path) => !isThere(path, name)),
      [],
    );
  });

  test(`${name}: every npm script that it names is there`, () => {
    const named = [...read(name).matchAll(/npm run ([\w:-]+)|npm (test)\b/g)].map(
      ([, script, test]) => script ?? test ?? '',
    );
    assert.deepEqual(
      named.filter((script) => !Object.hasOwn(scripts, script)),
      [],
    );
  });
}

test('documents: a path that is not there is found', () => {
  const named = pathsIn('see `turn/missing.ts`, `agent/`, `node x/y.ts` and `text/plain`');
  assert.deepEqual(
    named.filter((path) => !isThere(path, 'README.md')),
    ['turn/missing.ts', 'x/y.ts'],
  );
});

const linesOf = (name: string): string[] => read(name).trimEnd().split('\n');

for (const [name, most] of [
  ['AGENTS.md', 80],
  ['README.md', 150],
] as const) {
  test(`${name}: it has at most ${most} lines`, () => {
    assert.ok(linesOf(name).length <= most, `it has ${linesOf(name).length}`);
  });
}

test('ARCHITECTURE.md: it has at most 2,000 words', () => {
  const { length } = read('ARCHITECTURE.md').trim().split(/\s+/);
  assert.ok(length <= 2_000, `it has ${length}`);
});

test('ARCHITECTURE.md: its map of rooms names all folders and no others', () => {
  const cells = linesOf('ARCHITECTURE.md').map((line) => /^\| (`[^|]*)/.exec(line)?.[1] ?? '');
  const rooms = cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)\/(?:[\w-]+\/)?`/g)].map(([, room = '']) => room));
  const tracked = [...folders].filter((folder) => !folder.startsWith('.'));
  assert.deepEqual([...new Set(rooms)].sort(), tracked.sort());
});
