import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { serverEnvironment, type ServerLookup } from '../settings.ts';

/** How a server was found: the Temporal CLI, the CLI that the SDK downloaded, or our own build. */
export type ServerOrigin = 'cli' | 'sdk-download' | 'built';

export interface ServerBinary {
  origin: ServerOrigin;
  path: string;
  /** What the binary prints as its version, in one line. */
  version: string;
}

const run = promisify(execFile);
const versionTimeoutMs = 20_000;

/** Starts the binary once, with `--version`. Throws if it does not start or does not answer. */
export async function readVersion(path: string, { environment }: ServerLookup): Promise<string> {
  const env = serverEnvironment(environment);
  const { stdout } = await run(path, ['--version'], { timeout: versionTimeoutMs, env });
  const [line] = stdout.trim().split('\n');
  if (!line) throw new Error(`'${path} --version' printed nothing`);
  return line;
}

/** Absolute path of the first executable file of that name on the given PATH. */
export async function findCommand(name: string, searchPath: string | undefined): Promise<string | undefined> {
  for (const folder of (searchPath ?? '').split(delimiter)) {
    if (folder.startsWith('/') && (await isExecutable(join(folder, name)))) return join(folder, name);
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Absent or forbidden: it cannot be run.
    return false;
  }
}
