import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildServer, builtServerPath } from './build-server.ts';
import { findCommand, isExecutable, readVersion, type ServerBinary, type ServerOrigin } from './server-binary.ts';
import type { ServerLookup } from '../settings.ts';

interface Candidate {
  origin: ServerOrigin;
  path: string | undefined;
  absence: string;
}

export interface FoundServer {
  binary?: ServerBinary;
  /** Why each way that was tried before was passed over. */
  passedOver: string[];
}

/** A server binary, by the first way that works; builds one where there is none. */
export async function locateServer(lookup: ServerLookup): Promise<ServerBinary> {
  const { binary, passedOver } = await findServer(lookup);
  return binary ?? buildServer(lookup, passedOver);
}

/** Looks without building. A binary that does not start is passed over. */
export async function findServer(lookup: ServerLookup): Promise<FoundServer> {
  const passedOver: string[] = [];
  for (const { origin, path, absence } of await candidates(lookup)) {
    if (!path) {
      passedOver.push(absence);
      continue;
    }
    try {
      return { binary: { origin, path, version: await readVersion(path, lookup) }, passedOver };
    } catch (error) {
      passedOver.push(`'${path}' does not start (${firstLine(error)})`);
    }
  }
  return { passedOver };
}

async function candidates({ environment, cacheDir }: ServerLookup): Promise<Candidate[]> {
  const built = builtServerPath(cacheDir);
  return [
    {
      origin: 'cli',
      path: await findCommand('temporal', environment.PATH),
      absence: "no 'temporal' command is on the PATH",
    },
    {
      origin: 'sdk-download',
      path: await findSdkDownload(environment.TMPDIR ?? '/tmp'),
      absence: 'the Temporal SDK has downloaded none',
    },
    {
      origin: 'built',
      path: (await isExecutable(built)) ? built : undefined,
      absence: `none has been built in '${cacheDir}'`,
    },
  ];
}

/**
 * Where the SDK's test environments put the CLI: the temporary folder, under the SDK's name and version (sdk-core,
 * `ephemeral_server`). Anyone can write there, so only a file of this user or of root is run.
 */
async function findSdkDownload(tempDir: string): Promise<string | undefined> {
  const { version } = createRequire(import.meta.url)('@temporalio/client/package.json') as { version: string };
  const path = join(tempDir, `temporal-sdk-typescript-${version}`);
  if (!(await isExecutable(path))) return undefined;
  const { uid } = await stat(path);
  return uid === 0 || uid === process.getuid?.() ? path : undefined;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
