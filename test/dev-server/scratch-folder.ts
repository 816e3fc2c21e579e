import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Where this machine's built server is, so that tests with a real one do not build it again. */
export const realCacheDir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'legato');

/** A folder that is gone after the test. */
export async function scratchFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A shell script of that name; it may use nothing but the shell, as its PATH holds only other such scripts. */
export async function writeScript(path: string, body: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}
