import { stringify } from 'yaml';
import { dynamicConfigPath } from '../dynamic-config.ts';

const host = '127.0.0.1';
const serviceNames = ['frontend', 'history', 'matching', 'worker'] as const;
/** A gRPC and a membership port for each service. */
export const serverPortCount = 2 * serviceNames.length;

/** A database file that outlives the server, a database in memory, or one of PostgreSQL. */
export type Database = { file: string } | 'memory' | PostgresDatabase;

/** A PostgreSQL on loopback in which `temporal-sql-tool` has made the tables. */
export interface PostgresDatabase {
  port: number;
  user: string;
  password: string;
}

export const databaseNames = { default: 'temporal', visibility: 'temporal_visibility' } as const;
/** Cannot be changed for the life of a database. */
const shardCounts = { sqlite: 4, postgres: 64 };

/**
 * Configuration file of a server that runs all services in one process, on loopback.
 * The first port is the frontend's, where clients connect.
 */
export function toServerConfig(ports: readonly number[], database: Database): string {
  return stringify({
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: isPostgres(database) ? shardCounts.postgres : shardCounts.sqlite,
      datastores: {
        default: { sql: toSqlStore(database, 'default') },
        visibility: { sql: toSqlStore(database, 'visibility') },
      },
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

export function isPostgres(database: Database): database is PostgresDatabase {
  return typeof database === 'object' && 'port' in database;
}

function toSqlStore(database: Database, store: keyof typeof databaseNames): object {
  return isPostgres(database) ? toPostgresStore(database, databaseNames[store]) : toSqliteStore(database);
}

function toPostgresStore({ port, user, password }: PostgresDatabase, databaseName: string): object {
  return {
    ...{ pluginName: 'postgres12', connectAddr: `${host}:${port}`, connectProtocol: 'tcp' },
    ...{ databaseName, user, password, maxConns: 20, maxIdleConns: 20, maxConnLifetime: '1h' },
  };
}

function toSqliteStore(database: Exclude<Database, PostgresDatabase>): object {
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
