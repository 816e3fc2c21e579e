import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const documents = ['README.md', 'ARCHITECTURE.md', 'AGENTS.md', 'CHANGELOG.md'].filter((name) =>
  existsSync(join(root, name)),
);
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
const files = list.split('\n').filter((name) => name !== '' && existsSync(join(root, name)));
const folders = new Set(files.filter((name) => name.includes('/')).map((name) => name.split('/')[0] ?? ''));
const names = new Set(files.map((name) => basename(name)));

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

const isThere = (path: string) => existsSync(join(root, path)) || (!path.includes('/') && names.has(path));

for (const name of documents) {
  test(`${name}: every path that it names is there`, () => {
    assert.deepEqual(
      pathsIn(read(name)).filter((path) => !isThere(path)),
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
  assert.deepEqual(
    pathsIn('see `turn/missing.ts`, `agent/`, `node x/y.ts` and `text/plain`').filter((path) => !isThere(path)),
    ['turn/missing.ts', 'x/y.ts'],
  );
});

test('AGENTS.md: it has at most 80 lines', () => {
  assert.ok(read('AGENTS.md').trimEnd().split('\n').length <= 80);
});

test('README.md: its folder map names all folders and no others', () => {
  const rows = read('README.md')
    .split('\n')
    .map((line) => /^\s*(?:[-*]|\|)\s*(`[^|]*)/.exec(line)?.[1]?.split(/ [-–—:] |: /)[0] ?? '');
  const named = rows.flatMap((row) => [...row.matchAll(/`([\w-]+)\/`/g)].map(([, folder = '']) => folder));
  const tracked = [...folders].filter((folder) => !folder.startsWith('.'));
  assert.deepEqual(named.sort(), tracked.sort());
});
