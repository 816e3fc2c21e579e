import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSqlTool } from '../dev-server/binary/build-sql-tool.ts';
import { databaseNames, type PostgresDatabase } from '../dev-server/launch/server-config.ts';
import { serverEnvironment } from '../dev-server/settings.ts';
import type { ClusterProcess } from './cluster-process.ts';
import { quietPorts } from './quiet-ports.ts';
import type { Site } from './site.ts';

const run = promisify(execFile);
const host = '127.0.0.1';
const user = 'temporal';
/** Each of Temporal's services opens both databases. */
const maxConnections = 300;

export interface Postgres extends PostgresDatabase {
  readonly process: ClusterProcess;
}

/** PostgreSQL with Temporal's tables, on loopback, with a password that only the cluster's folder has. */
export async function startPostgres(site: Site): Promise<Postgres> {
  const [port = 0] = await quietPorts(1);
  const folder = await site.makeFolder('postgres', site.user);
  const password = await initialise(site, folder);
  const env = { ...serverEnvironment(site.lookup.environment), LC_ALL: 'C' };
  const settings = [`listen_addresses=${host}`, 'unix_socket_directories=', `max_connections=${maxConnections}`];
  const postgres = site.define({
    name: 'postgres',
    file: site.commands.postgres,
    args: ['-D', dataIn(folder), '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    ...{ env, port, user: site.user },
    isReady: () => isAnswering(site, port),
    endSignal: 'SIGINT', // SIGTERM waits until every client has left
    crashSignal: 'SIGQUIT', // after SIGKILL its shared memory is left behind
  });
  await postgres.start();
  await createTables(site, { port, user, password });
  return { process: postgres, port, user, password };
}

/** Makes the database cluster, if the folder has none yet; returns its password. */
async function initialise(site: Site, folder: string): Promise<string> {
  const passwordFile = join(folder, 'password');
  if (existsSync(join(dataIn(folder), 'PG_VERSION'))) return readFile(passwordFile, 'utf8');
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (site.user) await chown(passwordFile, site.user.uid, site.user.gid);
  const access = ['--username', user, '--auth', 'scram-sha-256', '--pwfile', passwordFile];
  const form = ['--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
  const env = serverEnvironment(site.lookup.environment);
  try {
    await run(site.commands.initdb, ['-D', dataIn(folder), ...access, ...form], { cwd: '/', env, ...site.user });
  } catch (error) {
    const { stderr = String(error) } = error as { stderr?: string };
    throw new Error(`Cannot make a database in '${folder}': ${stderr.trim()}`, { cause: error });
  }
  return password;
}

function dataIn(folder: string): string {
  return join(folder, 'data');
}

async function isAnswering({ commands }: Site, port: number): Promise<boolean> {
  return run(commands.pgIsReady, ['-h', host, '-p', String(port)]).then(
    () => true,
    () => false,
  );
}

/** Repeating it changes nothing. */
async function createTables({ lookup }: Site, database: PostgresDatabase): Promise<void> {
  const { path } = await buildSqlTool(lookup);
  const { default: main, visibility } = databaseNames;
  await Promise.all([
    createSchema(path, { ...database, name: main, schema: 'postgresql/v12/temporal' }),
    createSchema(path, { ...database, name: visibility, schema: 'postgresql/v12/visibility' }),
  ]);
}

interface Schema extends PostgresDatabase {
  readonly name: string;
  /** Among those that the tool brings. */
  readonly schema: string;
}

async function createSchema(sqlTool: string, { port, password, name, schema }: Schema): Promise<void> {
  const access = { SQL_HOST: host, SQL_PORT: String(port), SQL_USER: user, SQL_PASSWORD: password };
  const env = { SQL_PLUGIN: 'postgres12', SQL_DATABASE: name, ...access };
  const orders = [['create'], ['setup-schema', '-v', '0.0'], ['update-schema', '--schema-name', schema]];
  for (const order of orders) {
    try {
      await run(sqlTool, order, { env });
    } catch (error) {
      const { stdout = '', stderr = String(error) } = error as { stdout?: string; stderr?: string };
      const said = `${stdout}${stderr}`.trim().split('\n').at(-1);
      throw new Error(`Cannot make Temporal's tables: 'temporal-sql-tool ${order.join(' ')}' failed: ${said}`, {
        cause: error,
      });
    }
  }
}
