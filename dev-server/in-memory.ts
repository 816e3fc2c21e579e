import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { launchServer, type Launch, type LiveServer } from './launch-server.ts';

/** A server for one owner, which ends with it even if that is killed. Its configuration and log are in a temporary folder. */
export async function startInMemory(launch: Launch): Promise<LiveServer> {
  const folder = await mkdtemp(join(launch.lookup.environment.TMPDIR ?? '/tmp', 'legato-temporal-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const server = await launchServer(launch, { folder, database: 'memory', temporary: true, preferred: {} });
    return { ...server, stop: () => server.stop().finally(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
