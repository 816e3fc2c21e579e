import { buildServer } from '../dev-server/binary/build-server.ts';
import { locateServer } from '../dev-server/binary/locate-server.ts';
import { addressOf, prepareCommand } from '../dev-server/launch/server-command.ts';
import { type PostgresDatabase, serverPortCount } from '../dev-server/launch/server-config.ts';
import { waitUntilReady } from '../dev-server/readiness/wait-until-ready.ts';
import { defaultNamespace as namespace, serverEnvironment } from '../dev-server/settings.ts';
import { join } from 'node:path';
import type { ClusterProcess } from './cluster-process.ts';
import { quietPorts } from './quiet-ports.ts';
import type { Site } from './site.ts';

export interface Temporal {
  readonly process: ClusterProcess;
  readonly address: string;
  readonly namespace: string;
  /** What the binary prints. */
  readonly version: string;
}

/** A Temporal server with the settings of the embedded one, on that PostgreSQL, or on SQLite in a file. */
export async function startTemporal(site: Site, postgres: PostgresDatabase | undefined): Promise<Temporal> {
  const binary = postgres ? await buildServer(site.lookup) : await locateServer(site.lookup);
  const folder = await site.makeFolder('temporal');
  const [uiPort = 0, ...ports] = await quietPorts(1 + serverPortCount);
  const database = postgres ?? { file: join(folder, 'temporal.db') };
  const command = await prepareCommand(binary, { folder, database, namespace }, { ports, uiPort });
  const address = addressOf(command);
  const temporal = site.define({
    name: 'temporal',
    file: binary.path,
    args: command.args,
    env: serverEnvironment(site.lookup.environment),
    port: Number(address.split(':')[1]),
    isReady: () => waitUntilReady(address, namespace).then(() => true),
  });
  await temporal.start();
  return { process: temporal, address, namespace, version: binary.version };
}
