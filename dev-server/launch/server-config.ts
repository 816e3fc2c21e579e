import { stringify } from 'yaml';
import { dynamicConfigPath } from '../dynamic-config.ts';

const host = '127.0.0.1';
const serviceNames = ['frontend', 'history', 'matching', 'worker'] as const;
/** A gRPC and a membership port for each service. */
export const serverPortCount = 2 * serviceNames.length;

/** A database file that outlives the server, or a database in memory. */
export type Database = { file: string } | 'memory';

/**
 * Configuration file of a server that runs all services in one process, on loopback, with SQLite.
 * The first port is the frontend's, where clients connect.
 */
export function toServerConfig(ports: readonly number[], database: Database): string {
  const sql = { sql: toSqlStore(database) };
  return stringify({
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4, // fixed for the life of a database file
      datastores: { default: sql, visibility: sql },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: host } },
    services: Object.fromEntries(
      serviceNames.map((name, index) => [
        name,
        { rpc: { grpcPort: ports[2 * index], membershipPort: ports[2 * index + 1], bindOnLocalHost: true } },
      ]),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `${host}:${ports[0]}` },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamicConfigPath, pollInterval: '60s' },
  });
}

function toSqlStore(database: Database): object {
  const store = {
    pluginName: 'sqlite',
    connectAddr: 'localhost',
    connectProtocol: 'tcp',
    maxConns: 1,
    // No limit on its lifetime: a database in memory is gone with its connection.
    maxIdleConns: 1,
  };
  if (database === 'memory') {
    return { ...store, databaseName: 'default', connectAttributes: { mode: 'memory', cache: 'private' } };
  }
  return {
    ...store,
    databaseName: toSqliteUriPath(database.file),
    connectAttributes: { mode: 'rwc', setup: 'true', journal_mode: 'wal', synchronous: 'normal' },
  };
}

/** The server puts the name into a `file:` URI as it is. */
function toSqliteUriPath(path: string): string {
  return encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
}
