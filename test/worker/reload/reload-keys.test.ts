import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { Access } from '../../../server/access/access.ts';
import { readKeysFile } from '../../../server/access/keys-file.ts';
import { AccessRefused } from '../../../server/access/refused-access.ts';
import { ReloadedKeys } from '../../../worker/reload/reload-keys.ts';
import { LogLines } from '../../log-lines.ts';

const SECRET = 's'.repeat(32);
const keyed = (...names: string[]) =>
  JSON.stringify(names.map((name) => ({ name, key: `secret-of-${name}`, scopes: ['turns'] })));

/** A process as far as its keys go. */
class Process implements AsyncDisposable {
  readonly log = new LogLines();
  readonly folder = mkdtempSync(join(tmpdir(), 'legato-reload-keys-'));
  readonly path = join(this.folder, 'keys.json');
  readonly #stack = new AsyncDisposableStack();
  #access: Access | undefined;

  static start(t: TestContext, write: (path: string) => void, tokenSecret?: string): Process {
    const started = new Process();
    t.after(() => started[Symbol.asyncDispose]());
    write(started.path);
    const { keys: apiKeys, faults } = readKeysFile(started.path);
    assert.deepEqual(faults, []);
    const secret = tokenSecret === undefined ? {} : { tokenSecret };
    const access = new Access({ keys: apiKeys, ...secret });
    const config = { apiKeys, apiKeysFile: started.path, ...secret };
    started.#stack.use(new ReloadedKeys({ config, access, logger: pino({}, started.log) }));
    started.#access = access;
    return started;
  }

  /** By how the line begins or ends does not matter here: the whole sentence after the path. */
  async logged(message: string): Promise<void> {
    await this.log.arrival(message.replaceAll('FILE', `LEGATO_API_KEYS_FILE '${this.path}'`));
  }

  lets(name: string): boolean {
    try {
      return this.#access?.identify({ bearer: `secret-of-${name}` }).name === name;
    } catch (error) {
      if (error instanceof AccessRefused) return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    rmSync(this.folder, { recursive: true });
  }
}

const file = (text: string) => (path: string) => writeFileSync(path, text);

test('reloaded keys: a key that is added lets in, and one that is withdrawn no longer does', async (t) => {
  const process = Process.start(t, file(keyed('first', 'shop')));
  writeFileSync(process.path, keyed('first', 'late'));
  await process.logged("FILE was read again: 'late' was added, 'shop' was withdrawn");
  assert.deepEqual(
    ['first', 'shop', 'late'].map((name) => process.lets(name)),
    [true, false, true],
  );
});

test('reloaded keys: a key that has changed is told by its name alone', async (t) => {
  const process = Process.start(t, file(keyed('first', 'shop')));
  writeFileSync(process.path, keyed('first', 'shop').replace('secret-of-shop', 'secret-of-new'));
  await process.logged("FILE was read again: 'shop' has changed");
  assert.equal(process.lets('shop'), false);
  assert.doesNotMatch(JSON.stringify(process.log.all), /secret-of/);
});

for (const [title, spoil, why] of [
  ['is no JSON', file('['), 'FILE is not JSON; correct its syntax'],
  [
    'has no key',
    file('[]'),
    'FILE must hold a list of at least one key, each with name, key or sha256, scopes, conversations',
  ],
  ['is empty', file(''), 'FILE is not JSON; correct its syntax'],
  ['is deleted', (path: string) => rmSync(path), 'FILE is gone; put it back'],
  [
    'became a pipe',
    (path: string) => {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    },
    'FILE is gone; put it back',
  ],
] as const) {
  test(`reloaded keys: a file that ${title} keeps the keys before, with one line, until it is in order`, async (t) => {
    const process = Process.start(t, file(keyed('first', 'shop')));
    spoil(process.path);
    await process.logged(`The keys stay as they were: ${why}`);
    assert.ok(process.lets('first') && process.lets('shop'));
    rmSync(process.path, { force: true });
    const mended = join(process.folder, 'mended.json');
    writeFileSync(mended, keyed('first'));
    renameSync(mended, process.path);
    await process.logged("FILE was read again: 'shop' was withdrawn");
    assert.equal(process.lets('shop'), false);
  });
}

test('reloaded keys: hashes alone are refused where the secret of tokens was derived, and taken where it was given', async (t) => {
  const hashes = JSON.stringify([{ name: 'first', sha256: 'ab'.repeat(32), scopes: ['turns'] }]);
  const derived = Process.start(t, file(keyed('first')));
  const given = Process.start(t, file(keyed('first')), SECRET);
  for (const { path } of [derived, given]) writeFileSync(path, hashes);
  await given.logged("FILE was read again: 'first' has changed");
  await derived.logged(
    `The keys stay as they were: LEGATO_TOKEN_SECRET is missing, and '${derived.path}' has only hashes, from which none is derived; set it to 32 random characters or more`,
  );
  assert.deepEqual([derived.lets('first'), given.lets('first')], [true, false]);
});

test('reloaded keys: a link that leads elsewhere is followed, as where Kubernetes renews a secret', async (t) => {
  const write = (folder: string, name: string, ...names: string[]): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'keys.json'), keyed(...names));
  };
  const process = Process.start(t, (path) => {
    const folder = join(path, '..');
    write(folder, '..1', 'first');
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync(join('..data', 'keys.json'), path);
  });
  write(process.folder, '..2', 'first', 'late');
  symlinkSync('..2', join(process.folder, '..next'));
  renameSync(join(process.folder, '..next'), join(process.folder, '..data'));
  await process.logged("FILE was read again: 'late' was added");
  assert.ok(process.lets('late'));
});

test('reloaded keys: what changed between the first reading and the first look counts', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'legato-reload-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'keys.json');
  writeFileSync(path, keyed('first', 'shop'));
  const { keys: apiKeys } = readKeysFile(path);
  const access = new Access({ keys: apiKeys });
  const log = new LogLines();
  writeFileSync(path, keyed('first'));
  await using _ = new ReloadedKeys({ config: { apiKeys, apiKeysFile: path }, access, logger: pino({}, log) });
  await log.arrival(`LEGATO_API_KEYS_FILE '${path}' was read again: 'shop' was withdrawn`);
});
