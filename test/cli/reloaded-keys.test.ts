import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServing } from '../serving-process.ts';

const keyed = (...names: string[]) =>
  JSON.stringify(names.map((name) => ({ name, key: `secret-of-${name}`, scopes: ['turns'] })));

test('legato serve: keys that are added to the file or withdrawn in it count without a restart', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'legato-keys-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'keys.json');
  await writeFile(path, keyed('first', 'shop'));
  const serving = await startServing({ LEGATO_API_KEYS_FILE: path });
  t.after(serving.kill);
  const statusOf = async (name: string): Promise<number> => {
    const headers = { Authorization: `Bearer secret-of-${name}` };
    return (await fetch(`${serving.url}/openapi.json`, { headers })).status;
  };
  assert.deepEqual([await statusOf('shop'), await statusOf('late')], [200, 401]);

  await writeFile(path, keyed('first', 'late'));
  await serving.nextLine(/was read again: 'late' was added, 'shop' was withdrawn/);
  assert.deepEqual([await statusOf('shop'), await statusOf('late')], [401, 200]);

  await writeFile(path, '[]');
  await serving.nextLine(/The keys stay as they were: LEGATO_API_KEYS_FILE .* must hold a list/);
  assert.deepEqual([await statusOf('late'), await statusOf('shop')], [200, 401]);
  assert.equal((await fetch(`${serving.url}/openapi.json`)).status, 401);
  assert.equal(await serving.stop(), 0);
  assert.doesNotMatch(serving.logged(), /secret-of/);
});
