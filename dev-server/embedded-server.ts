import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startInDataFolder } from './launch/data-folder.ts';
import { type Launch, launchServer, type LiveServer } from './launch/launch-server.ts';
import { locateServer } from './binary/locate-server.ts';
import { addressOf } from './launch/server-command.ts';
import type { ServerOrigin } from './binary/server-binary.ts';
import { defaultNamespace, type ServerLookup } from './settings.ts';

export interface EmbeddedServerOptions extends ServerLookup {
  /** Database, log and state are kept here and survive a restart; absent: everything is in memory. */
  dataDir?: string;
  namespace?: string;
  /** Whether it runs at a lower priority than other processes. Default true. */
  yields?: boolean;
}

export interface EmbeddedServer extends AsyncDisposable {
  address: string;
  namespace: string;
  /** Temporal UI, where the server brings it. */
  uiUrl?: string;
  version: string;
  origin: ServerOrigin;
  /** It was running before this start. */
  adopted: boolean;
  /** It ends with this process and by `stop`; otherwise it belongs to another live process, and `stop` does nothing. */
  owned: boolean;
  stop: () => Promise<void>;
}

/** Finds or builds a server, starts it, and returns when namespace and search attributes are usable. */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { dataDir, namespace = defaultNamespace, yields = true } = options;
  const launch = { binary: await locateServer(options), namespace, yields, lookup: options };
  const live = dataDir === undefined ? await startInMemory(launch) : await startInDataFolder(launch, resolve(dataDir));
  const { uiPort, origin, version, adopted, owned } = live;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= live.stop());
  return {
    address: addressOf(live),
    namespace,
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
    ...{ origin, version, adopted, owned, stop },
    [Symbol.asyncDispose]: stop,
  };
}

/** A server for one owner: it ends with the owner, even if that is killed. Its configuration and log are in a temporary folder. */
async function startInMemory(launch: Launch): Promise<LiveServer> {
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
