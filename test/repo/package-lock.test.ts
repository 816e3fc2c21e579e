import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockedPackage>> };

test('package-lock.json: it names no registry, so that any can be used', () => {
  assert.deepEqual(
    Object.values(packages).filter(({ resolved }) => resolved?.includes('://')),
    [],
  );
});

test('package-lock.json: it has the optional packages of every platform, without which npm ci refuses it', () => {
  const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => [`${path}/node_modules/${name}`, `node_modules/${name}`]),
  );
  const missing = wanted.filter((places) => !places.some((place) => packages[place]?.version !== undefined));
  assert.deepEqual(missing, []);
});
