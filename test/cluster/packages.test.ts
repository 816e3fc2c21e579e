import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { findCommands, MissingPackages } from '../../cluster/packages.ts';
import { scratchFolder, writeScript } from '../dev-server/scratch-folder.ts';

const nothing = { postgres: false, redis: false, balancer: false };

/** A PATH with these commands and no others. */
async function pathWith(t: TestContext, names: readonly string[]): Promise<string> {
  const folder = await scratchFolder(t);
  for (const name of names) await writeScript(join(folder, name), 'exit 0');
  return folder;
}

test('packages: the commands of the PATH are taken first', async (t) => {
  const path = await pathWith(t, ['initdb', 'postgres', 'pg_isready', 'redis-server', 'haproxy']);
  assert.deepEqual(await findCommands({ postgres: true, redis: true, balancer: true }, path), {
    initdb: join(path, 'initdb'),
    postgres: join(path, 'postgres'),
    pgIsReady: join(path, 'pg_isready'),
    redisServer: join(path, 'redis-server'),
    haproxy: join(path, 'haproxy'),
  });
});

test('packages: one error names every command that is missing, and what to install', () => {
  const error = new MissingPackages([
    { package: 'postgresql', command: 'initdb' },
    { package: 'postgresql', command: 'postgres' },
    { package: 'haproxy', command: 'haproxy' },
  ]);
  assert.equal(
    error.message,
    "Cannot start the cluster: 'initdb', 'postgres', 'haproxy' not found. On Debian and Ubuntu, as root:\n" +
      '  apt-get install --no-install-recommends postgresql haproxy',
  );
});

test('packages: what is not needed may be missing', async (t) => {
  const path = await pathWith(t, []);
  await assert.doesNotReject(findCommands(nothing, path));
});
