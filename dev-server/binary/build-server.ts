import { join } from 'node:path';
import { buildWithGo, builtFolder, type GoProgram } from './go-build.ts';
import type { ServerBinary } from './server-binary.ts';
import { waysOut, type ServerLookup } from '../settings.ts';

const server: GoProgram = {
  name: 'Temporal server',
  path: 'cmd/server',
  packageCount: 1754,
  duration: 'about 6 minutes',
  waysOut,
};

export function builtServerPath(cacheDir: string): string {
  return join(builtFolder(cacheDir), 'server');
}

/** The server that was built before, or a new build. */
export async function buildServer(lookup: ServerLookup, passedOver: readonly string[] = []): Promise<ServerBinary> {
  const program = { ...server, passedOver };
  return { origin: 'built', ...(await buildWithGo(program, builtServerPath(lookup.cacheDir), lookup)) };
}
