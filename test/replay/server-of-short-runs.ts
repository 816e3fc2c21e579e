import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamicConfigPath } from '../../dev-server/dynamic-config.ts';
import { locateServer } from '../../dev-server/binary/locate-server.ts';
import { addressOf, prepareCommand, type ServerCommand } from '../../dev-server/launch/server-command.ts';
import { spawnServer } from '../../dev-server/launch/server-process.ts';
import { waitUntilReady } from '../../dev-server/readiness/wait-until-ready.ts';

export interface ServerOfShortRuns extends AsyncDisposable {
  readonly address: string;
}

const LIMIT = 'limit.historyCount.suggestContinueAsNew';

/** A server in memory that suggests to continue as new after so many events, where the default is 4,096. */
export async function startServerOfShortRuns(events: number): Promise<ServerOfShortRuns> {
  const { env: environment } = process;
  const cacheDir = join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'legato');
  const binary = await locateServer({ environment, cacheDir });
  const folder = await mkdtemp(join(tmpdir(), 'legato-short-runs-'));
  const namespace = environment['TEMPORAL_NAMESPACE'] ?? 'default';
  const command = await prepareCommand(binary, { folder, database: 'memory', namespace }, {});
  await limit(command, folder, events);
  const server = await spawnServer(binary, command, { folder, environment, temporary: true, yields: false });
  await waitUntilReady(addressOf(command), namespace);
  return { address: addressOf(command), [Symbol.asyncDispose]: () => server.stop() };
}

/** The command line takes the setting as a flag, the server reads it from the file that its configuration names. */
async function limit({ args }: ServerCommand, folder: string, events: number): Promise<void> {
  const file = args[args.indexOf('--config-file') + 1];
  if (!args.includes('--config-file') || file === undefined) {
    args.push('--dynamic-config-value', `${LIMIT}=${events}`);
    return;
  }
  const settings = join(folder, 'dynamic-config.yaml');
  await writeFile(settings, `${await readFile(dynamicConfigPath, 'utf8')}${LIMIT}: [{ value: ${events} }]\n`);
  const config = await readFile(file, 'utf8');
  await writeFile(file, config.replace(dynamicConfigPath, settings));
}
