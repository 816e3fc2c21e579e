import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { patches } from '../../workflows/patches.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };
const sources = readdirSync(join(root, 'workflows')).map((name) => read(join('workflows', name)));

const toNumbers = (release: string): number[] => release.split('.').map(Number);

/** Whether the first release came before the second. */
function isBefore(one: string, other: string): boolean {
  const others = toNumbers(other);
  const differing = toNumbers(one).findIndex((part, index) => part !== others[index]);
  return differing >= 0 && (toNumbers(one)[differing] ?? 0) < (others[differing] ?? 0);
}

for (const [id, { change, since, removableIn }] of Object.entries(patches)) {
  test(`patch '${id}': workflow code asks for it`, () => {
    assert.ok(sources.some((source) => source.includes(`isPatched('${id}')`)));
  });

  test(`patch '${id}': it says what it changes, and its releases are in order`, () => {
    assert.match(change, /^[A-Z].+\.$/);
    assert.ok(!isBefore(version, since), `it is of release ${since}, and this is ${version}`);
    assert.ok(
      isBefore(version, removableIn),
      `release ${version} may remove it, with its old branch and old histories`,
    );
  });

  test(`patch '${id}': it may be removed only in a major version`, () => {
    assert.match(removableIn, /^[1-9]\d*\.0\.0$/);
  });
}

test('patches: a release is before one whose first differing part is larger', () => {
  assert.deepEqual(
    [isBefore('0.9.0', '0.10.0'), isBefore('1.0.0', '0.9.9'), isBefore('1.0.0', '1.0.0')],
    [true, false, false],
  );
});
