import { join } from 'node:path';
import { buildWithGo, builtFolder, type Built, type GoProgram } from './go-build.ts';
import type { ServerLookup } from '../settings.ts';

const sqlTool: GoProgram = {
  name: 'temporal-sql-tool',
  path: 'cmd/tools/sql',
  packageCount: 837,
  duration: 'about a minute',
  waysOut: 'Install Go 1.21 or later, so that "go" is on the PATH, and run this again: https://go.dev/dl',
};

/** The tool that makes the server's tables in PostgreSQL; kept beside the server that it is for. */
export function buildSqlTool(lookup: ServerLookup): Promise<Built> {
  return buildWithGo(sqlTool, join(builtFolder(lookup.cacheDir), 'temporal-sql-tool'), lookup);
}
