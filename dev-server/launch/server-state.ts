import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dynamicConfigPath } from '../dynamic-config.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { ServerPorts } from './server-command.ts';
import type { ServerBinary, ServerOrigin } from '../binary/server-binary.ts';

/** What a data folder remembers of its server. Ports outlive the server. */
export interface ServerState extends ServerPorts {
  running?: RunningServer;
}

export interface RunningServer {
  server: ProcessIdentity;
  owner: ProcessIdentity;
  origin: ServerOrigin;
  /** Digest of binary and settings: one that runs with others is not taken over. */
  fingerprint: string;
}

export async function readState(folder: string): Promise<ServerState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile(folder), 'utf8')) as ServerState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`Cannot read '${stateFile(folder)}': ${String(error)}; delete it if no server runs from there`, {
      cause: error,
    });
  }
}

export async function writeState(folder: string, state: ServerState): Promise<void> {
  const scratch = `${stateFile(folder)}.${process.pid}`;
  await writeFile(scratch, JSON.stringify(state, undefined, 2));
  await rename(scratch, stateFile(folder));
}

export async function fingerprintOf({ path, version }: ServerBinary, namespace: string): Promise<string> {
  const settings = await readFile(dynamicConfigPath);
  return createHash('sha256').update([path, version, namespace, ''].join('\n')).update(settings).digest('hex');
}

function stateFile(folder: string): string {
  return join(folder, 'state.json');
}
