import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { findCommand } from '../dev-server/binary/server-binary.ts';

export interface Needs {
  readonly postgres: boolean;
  readonly redis: boolean;
  readonly balancer: boolean;
}

/** Absolute paths of commands of Debian's packages; those that are not needed may be missing. */
export interface Commands {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgIsReady: string;
  readonly redisServer: string;
  readonly haproxy: string;
}

const packages = {
  postgres: { package: 'postgresql', commands: { initdb: 'initdb', postgres: 'postgres', pgIsReady: 'pg_isready' } },
  redis: { package: 'redis-server', commands: { redisServer: 'redis-server' } },
  balancer: { package: 'haproxy', commands: { haproxy: 'haproxy' } },
} as const;

/** What the cluster needs and this machine does not have: names of packages. */
export class MissingPackages extends Error {
  override readonly name = 'MissingPackages';
  readonly packages: readonly string[];

  constructor(missing: readonly { readonly package: string; readonly command: string }[]) {
    const commands = missing.map(({ command }) => `'${command}'`).join(', ');
    const names = [...new Set(missing.map(({ package: name }) => name))];
    super(
      `Cannot start the cluster: ${commands} not found. On Debian and Ubuntu, as root:\n` +
        `  apt-get install --no-install-recommends ${names.join(' ')}`,
    );
    this.packages = names;
  }
}

/** @throws MissingPackages with all that is missing */
export async function findCommands(needs: Needs, searchPath: string | undefined): Promise<Commands> {
  const path = [searchPath ?? '', '/usr/local/sbin', '/usr/sbin', ...(await postgresFolders())].join(delimiter);
  const found: Record<string, string> = {};
  const missing: { package: string; command: string }[] = [];
  for (const part of Object.keys(packages) as (keyof typeof packages)[]) {
    for (const [name, command] of Object.entries(packages[part].commands)) {
      const file = await findCommand(command, path);
      found[name] = file ?? '';
      if (file === undefined && needs[part]) missing.push({ package: packages[part].package, command });
    }
  }
  if (missing.length > 0) throw new MissingPackages(missing);
  return found as unknown as Commands;
}

/** Debian keeps the commands of each version in a folder of its own, outside the PATH; the newest comes first. */
async function postgresFolders(): Promise<string[]> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []); // another system: they are on the PATH
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'));
}
