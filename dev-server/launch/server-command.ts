import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readDynamicConfig, toCliFlags } from '../dynamic-config.ts';
import { freePorts } from './free-ports.ts';
import type { ServerBinary } from '../binary/server-binary.ts';
import { isPostgres, serverPortCount, toServerConfig, type Database } from './server-config.ts';

/** Ports of a server, the frontend's first. An earlier run's are taken again where they are free: links still name them. */
export interface ServerPorts {
  ports: readonly number[];
  uiPort?: number;
}

export interface LaunchSite {
  /** Holds the generated configuration, the log and the state. */
  folder: string;
  database: Database;
  namespace: string;
}

export interface ServerCommand extends ServerPorts {
  args: string[];
}

/** Arguments for that binary, on ports that are free now; the files that they name are written. */
export async function prepareCommand(
  binary: ServerBinary,
  site: LaunchSite,
  preferred: Partial<ServerPorts>,
): Promise<ServerCommand> {
  return binary.origin === 'built' ? prepareServer(site, preferred) : prepareCli(site, preferred);
}

export function addressOf({ ports }: ServerPorts): string {
  return `127.0.0.1:${ports[0]}`;
}

async function prepareServer(
  { folder, database }: LaunchSite,
  preferred: Partial<ServerPorts>,
): Promise<ServerCommand> {
  if (isFile(database)) forgetMembers(database.file);
  const ports = await freePorts(serverPortCount, preferred.ports);
  const file = join(folder, 'server.yaml');
  await writeFile(file, toServerConfig(ports, database), { mode: 0o600 }); // it may hold a password
  return { args: ['--allow-no-auth', '--config-file', file, 'start'], ports };
}

async function prepareCli(site: LaunchSite, preferred: Partial<ServerPorts>): Promise<ServerCommand> {
  const { database, namespace } = site;
  const [port, uiPort] = await freePorts(2, [preferred.ports?.[0], preferred.uiPort]);
  if (port === undefined || uiPort === undefined) throw new Error('Two ports were asked for');
  if (isPostgres(database)) throw new Error('The Temporal CLI keeps everything in SQLite, and cannot use PostgreSQL');
  const storage = isFile(database) ? ['--db-filename', database.file] : [];
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  const args = ['server', 'start-dev', ...listen, '--namespace', namespace, '--log-level', 'error', ...storage];
  return { args: [...args, ...toCliFlags(await readDynamicConfig())], ports: [port], uiPort };
}

function isFile(database: Database): database is { file: string } {
  return typeof database === 'object' && 'file' in database;
}

/**
 * Removes the members of the cluster that an earlier run left in the database. A server looks for them first and takes
 * no work for most of a minute when they have other ports now. Only for a database that no server has open.
 */
function forgetMembers(databaseFile: string): void {
  if (!existsSync(databaseFile)) return;
  const database = new DatabaseSync(databaseFile);
  try {
    const table = database.prepare("SELECT name FROM sqlite_master WHERE name = 'cluster_membership'").get();
    if (table) database.exec('DELETE FROM cluster_membership');
  } finally {
    database.close();
  }
}
