// Where the tools are that others use with /openapi.json, and what is missing. `npm run install:openapi` installs them.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const exec = promisify(execFile);

const modules = join(import.meta.dirname, 'npm/node_modules');
export const requirements = join(import.meta.dirname, 'python/requirements.txt');

/** Outside of the checkout, and one for each set of versions. */
export const pythonFolder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'legato',
  `openapi-python-${createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)}`,
);
/** Written when all is installed. */
export const installedMark = join(pythonFolder, 'installed');
export const python = join(pythonFolder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

const HOW = "run 'npm run install:openapi'";
/** Why the tests of the npm tools are skipped, or false. */
export const withoutNpmTools = !existsSync(join(modules, '@redocly/cli')) && `its tools are not installed: ${HOW}`;
/** Why the tests of the Python tools are skipped, or false. */
export const withoutPythonTools =
  !existsSync(installedMark) && `its tools are not installed: ${HOW}, with Python 3.11 or newer and a package registry`;

/** Runs a program of an npm package. Resolves with what it prints, whatever its exit code is. */
export async function runNpmTool(program: string, args: readonly string[], cwd: string): Promise<Ran> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  return ran(exec(process.execPath, [join(modules, program), ...args], { cwd, env }));
}

export async function runPython(args: readonly string[], cwd: string): Promise<Ran> {
  return ran(
    exec(python, args, { cwd, env: { ...process.env, PYTHONUTF8: '1', PYTHONPATH: cwd }, maxBuffer: 64 * 1024 * 1024 }),
  );
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function ran(running: Promise<{ stdout: string; stderr: string }>): Promise<Ran> {
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<Ran>;
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}
