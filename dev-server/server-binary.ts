import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { serverEnvironment, type ServerLookup } from './settings.ts';

/** How a server was found: the Temporal CLI, the CLI that the SDK downloaded, or our own build. */
export type ServerOrigin = 'cli' | 'sdk-download' | 'built';

export interface ServerBinary {
  origin: ServerOrigin;
  path: string;
  /** What the binary says of itself, in one line. */
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
