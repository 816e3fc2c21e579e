import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

const root = join(import.meta.dirname, '../..');

export const withoutKey = {
  OPENAI_API_KEY: '',
  OPENAI_BASE_URL: '',
  LEGATO_VOICE_API_KEY: '',
  LEGATO_VOICE_BASE_URL: '',
};

/** A project's folder in the checkout, where an import of 'legato' finds this package. */
export async function projectOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(join(root, '.legato'), { recursive: true });
  const folder = await mkdtemp(join(root, '.legato/project-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source);
  return folder;
}

/** What a command prints and logs until it takes turns, or ends. */
export async function startOf(t: TestContext, command: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ['--conditions=legato-source', join(root, 'cli/main.ts'), command], {
    env: { ...process.env, ...withoutKey, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const errors = text(child.stderr);
  let printed = '';
  for await (const piece of child.stdout) {
    printed += String(piece);
    if (/^Temporal {2}.*\n/m.test(printed)) child.kill('SIGTERM');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return printed + (await errors);
}
