// One Temporal server in memory for the whole run, unless TEMPORAL_ADDRESS names one. Test files run in processes of their
// own, which inherit the two variables; the server ends with this process, whatever happens to the tests.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServer, type EmbeddedServer } from '../temporal/embedded-server.ts';

let server: EmbeddedServer | undefined;

export async function globalSetup(): Promise<void> {
  const { env } = process;
  if (env.TEMPORAL_ADDRESS) return;
  const cacheDir = join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'legato');
  // On a busy machine the tests go on only as fast as it does: it does not yield to them.
  const log = (line: string): void => console.error(line);
  server = await startEmbeddedServer({ environment: env, cacheDir, log, yields: false });
  env.TEMPORAL_ADDRESS = server.address;
  env.TEMPORAL_NAMESPACE = server.namespace;
}

export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
