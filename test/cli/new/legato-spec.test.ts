import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findLegatoSpec } from '../../../cli/new/legato-spec.ts';

/** A folder with a packed file, and a tree in which npm has installed legato. */
function installedFrom(t: TestContext, resolved: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'legato-spec-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const root = join(folder, 'tree/node_modules/legato');
  mkdirSync(root, { recursive: true });
  const file = join(folder, 'legato-0.1.0.tgz');
  writeFileSync(file, 'packed');
  const packages = { 'node_modules/legato': { version: '0.1.0', ...(resolved !== undefined && { resolved }) } };
  writeFileSync(join(folder, 'tree/node_modules/.package-lock.json'), JSON.stringify({ packages }));
  return { file, installed: { root, version: '0.1.0' } };
}

test('legato new: a legato of a registry gives its version on', (t) => {
  const { installed } = installedFrom(t, 'https://registry.example/legato/-/legato-0.1.0.tgz');
  assert.deepEqual(findLegatoSpec(undefined, installed), { spec: '^0.1.0' });
});

test('legato new: a legato that was installed from a packed file gives that file on', (t) => {
  const { file, installed } = installedFrom(t, 'file:../legato-0.1.0.tgz');
  assert.deepEqual(findLegatoSpec(undefined, installed), { spec: 'file:legato-0.1.0.tgz', file });
});

test('legato new: a packed file that is no longer there is told, with what to do', (t) => {
  const { installed } = installedFrom(t, 'file:../gone.tgz');
  assert.throws(
    () => findLegatoSpec(undefined, installed),
    /^Error: There is no packed legato '.*gone\.tgz'; give its path: --legato/,
  );
});

test('legato new: what is asked for counts: a version as it is, a file as a part of the project', (t) => {
  const { file, installed } = installedFrom(t, undefined);
  assert.deepEqual(findLegatoSpec('0.2.0', installed), { spec: '0.2.0' });
  assert.deepEqual(findLegatoSpec('https://x.example/l.tgz', installed), { spec: 'https://x.example/l.tgz' });
  for (const asked of [file, `file:${file}`]) {
    assert.deepEqual(findLegatoSpec(asked, installed), { spec: 'file:legato-0.1.0.tgz', file });
  }
});

test('legato new: from a checkout the packed file has to be given', () => {
  assert.throws(
    () => findLegatoSpec(undefined, { root: '/src/legato', version: '0.1.0' }),
    /runs from '\/src\/legato'; run 'npm pack' there, and give the packed file: --legato path\/to\/legato-0\.1\.0\.tgz/,
  );
});
