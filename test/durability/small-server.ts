import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamicConfigPath } from '../../dev-server/dynamic-config.ts';
import { locateServer } from '../../dev-server/binary/locate-server.ts';
import { addressOf, prepareCommand } from '../../dev-server/launch/server-command.ts';
import { spawnServer } from '../../dev-server/launch/server-process.ts';
import { waitUntilReady } from '../../dev-server/readiness/wait-until-ready.ts';

export interface SmallServer extends AsyncDisposable {
  readonly address: string;
}

/** A Temporal server of its own that takes payloads of at most so many bytes, as an operator may have it. */
export async function startSmallServer(limitBytes: number): Promise<SmallServer> {
  const { env } = process;
  const cacheDir = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'legato');
  const folder = await mkdtemp(join(tmpdir(), 'legato-small-'));
  const binary = await locateServer({ environment: env, cacheDir });
  const command = await prepareCommand(binary, { folder, database: 'memory', namespace: 'default' }, {});
  const limits = { 'limit.blobSize.warn': limitBytes, 'limit.blobSize.error': limitBytes };
  if (binary.origin === 'built') await useSettings(folder, limits);
  else
    command.args.push(
      ...Object.entries(limits).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    );
  const server = await spawnServer(binary, command, { folder, environment: env, temporary: true, yields: false });
  await waitUntilReady(addressOf(command), 'default', new AbortController().signal);
  return { address: addressOf(command), [Symbol.asyncDispose]: () => server.stop() };
}

/** The built server reads them from a file that its configuration names. */
async function useSettings(folder: string, more: Readonly<Record<string, number>>): Promise<void> {
  const settings = join(folder, 'dynamic-config.yaml');
  const lines = Object.entries(more).map(([key, value]) => `${key}: [{ value: ${value} }]\n`);
  await writeFile(settings, [await readFile(dynamicConfigPath, 'utf8'), ...lines].join(''));
  const file = join(folder, 'server.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(dynamicConfigPath, settings));
}
