import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { builtServerPath } from '../../../dev-server/binary/build-server.ts';
import { findServer, locateServer } from '../../../dev-server/binary/locate-server.ts';
import { scratchFolder, writeScript } from '../scratch-folder.ts';

const { version: sdkVersion } = createRequire(import.meta.url)('@temporalio/client/package.json') as {
  version: string;
};

/** Fakes of all three ways; each says its name as its version. */
async function fakeWays(t: TestContext) {
  const folder = await scratchFolder(t);
  const cacheDir = join(folder, 'cache');
  const paths = {
    cli: join(folder, 'bin', 'temporal'),
    'sdk-download': join(folder, 'tmp', `temporal-sdk-typescript-${sdkVersion}`),
    built: builtServerPath(cacheDir),
  };
  for (const [origin, path] of Object.entries(paths)) {
    await mkdir(dirname(path), { recursive: true });
    await writeScript(path, `echo '${origin} version'`);
  }
  const environment = { PATH: dirname(paths.cli), TMPDIR: dirname(paths['sdk-download']) };
  return { folder, paths, lookup: { cacheDir, environment } };
}

test('server lookup: the temporal command on the PATH comes first', async (t) => {
  const { lookup, paths } = await fakeWays(t);
  assert.deepEqual(await locateServer(lookup), { origin: 'cli', path: paths.cli, version: 'cli version' });
});

test('server lookup: the download of the SDK is used, no temporal command being on the PATH', async (t) => {
  const { lookup, paths, folder } = await fakeWays(t);
  lookup.environment.PATH = folder;
  const path = paths['sdk-download'];
  assert.deepEqual(await locateServer(lookup), { origin: 'sdk-download', path, version: 'sdk-download version' });
});

test('server lookup: the built server is used, nothing else being there', async (t) => {
  const { lookup, paths, folder } = await fakeWays(t);
  lookup.environment.PATH = folder;
  lookup.environment.TMPDIR = folder;
  assert.deepEqual(await locateServer(lookup), { origin: 'built', path: paths.built, version: 'built version' });
});

test('server lookup: a binary that does not start is passed over, with the reason', async (t) => {
  const { lookup, paths } = await fakeWays(t);
  await writeScript(paths.cli, 'exit 7');
  const { binary, passedOver } = await findServer(lookup);
  assert.equal(binary?.origin, 'sdk-download');
  assert.equal(passedOver.length, 1);
  assert.match(passedOver[0] ?? '', /bin\/temporal' does not start/);
});

test('server lookup: one error names every way out, nothing being there and no Go to build with', async (t) => {
  const folder = await scratchFolder(t);
  const lookup = { cacheDir: folder, environment: { PATH: folder, TMPDIR: folder } };
  await assert.rejects(locateServer(lookup), ({ message }: Error) => {
    assert.match(message, /^Cannot find a Temporal server: no 'temporal' command is on the PATH; .*no 'go' command/);
    assert.match(message, /TEMPORAL_ADDRESS.*docs\.temporal\.io\/cli.*go\.dev\/dl.*docker compose up/s);
    return true;
  });
});

test('server lookup: a relative folder on the PATH is not searched', async (t) => {
  const { lookup } = await fakeWays(t);
  lookup.environment.PATH = `.:bin:${lookup.environment.PATH}`;
  assert.equal((await findServer(lookup)).binary?.origin, 'cli');
});
