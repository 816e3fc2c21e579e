import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { findCommands } from '../../cluster/packages.ts';
import { withoutPackages } from '../cluster/without-packages.ts';
import { scratchFolder } from '../dev-server/scratch-folder.ts';

const needs = { postgres: false, redis: false, balancer: true };
const skip = await withoutPackages(needs);
const run = promisify(execFile);

/** What HAProxy says of these files, read together. Rejects if they are not valid. */
async function check(...files: string[]): Promise<string> {
  const { haproxy } = await findCommands(needs, process.env['PATH']);
  const args = ['-c', ...files.flatMap((file) => ['-f', file])];
  const { stdout, stderr } = await run(haproxy, args, { env: { BALANCER_ADDRESS: ':8787' } });
  return stdout + stderr;
}

test('haproxy: the configuration of the containers is valid, without a warning', { skip }, async () => {
  const said = await check('deploy/haproxy/legato.cfg', 'deploy/haproxy/compose.cfg');
  assert.doesNotMatch(said, /WARNING/);
});

test('haproxy: a word that it does not know is found', { skip }, async (t) => {
  const broken = join(await scratchFolder(t), 'broken.cfg');
  await writeFile(broken, (await readFile('deploy/haproxy/legato.cfg', 'utf8')).replace('balance', 'balanced'));
  await assert.rejects(check(broken, 'deploy/haproxy/compose.cfg'), /unknown keyword 'balanced'/);
});
