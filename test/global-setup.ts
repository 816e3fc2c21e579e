// What test files, which run in processes of their own, have in common: one Temporal server in memory for the whole run,
// unless TEMPORAL_ADDRESS names one, the bundle of the workflows, and the code of all modules as it was compiled. They inherit
// the variables that say where it is. The server ends with this process, whatever happens to the tests.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServer, type EmbeddedServer } from '../dev-server/embedded-server.ts';
import { bundleWorkflows } from '../worker/workflow-bundle.ts';
import { BUNDLE_FILE } from './workflow-bundle.ts';

let server: EmbeddedServer | undefined;
let folder: string | undefined;

export async function globalSetup(): Promise<void> {
  const { env } = process;
  folder = await mkdtemp(join(tmpdir(), 'legato-tests-'));
  env.NODE_COMPILE_CACHE ??= join(folder, 'compiled');
  env[BUNDLE_FILE] = join(folder, 'workflows.js');
  await writeFile(env[BUNDLE_FILE], (await bundleWorkflows()).code);
  if (!env.TEMPORAL_ADDRESS) await startServer(env);
}

async function startServer(env: NodeJS.ProcessEnv): Promise<void> {
  const cacheDir = join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'legato');
  // On a busy machine the tests go on only as fast as it does: it does not yield to them.
  const log = (line: string): void => console.error(line);
  server = await startEmbeddedServer({ environment: env, cacheDir, log, yields: false });
  env.TEMPORAL_ADDRESS = server.address;
  env.TEMPORAL_NAMESPACE = server.namespace;
}

export async function globalTeardown(): Promise<void> {
  await server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
