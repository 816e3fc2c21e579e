import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '../..');

for (const name of ['package-lock.json', 'bench/field/package-lock.json', 'test/openapi/npm/package-lock.json']) {
  const { packages } = JSON.parse(readFileSync(join(root, name), 'utf8')) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };

  test(`${name}: it names no registry, so that any can be used`, () => {
    assert.deepEqual(
      Object.values(packages).filter(({ resolved }) => resolved?.includes('://')),
      [],
    );
  });

  test(`${name}: it has the optional packages of every platform, without which npm ci refuses it`, () => {
    const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((optional) => [
        `${path}/node_modules/${optional}`,
        `node_modules/${optional}`,
      ]),
    );
    const missing = wanted.filter((places) => !places.some((place) => packages[place]?.version !== undefined));
    assert.deepEqual(missing, []);
  });
}
