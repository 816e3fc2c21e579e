import { chmod, chown, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ServerLookup } from '../dev-server/settings.ts';
import { ClusterProcess, type Owner, type ProcessPlan } from './cluster-process.ts';
import type { Commands } from './packages.ts';
import { findUnprivilegedUser, type UnixUser } from './unix-user.ts';
import { startWatchdog } from './watchdog.ts';

/** Nothing is lost by a kill: open turns are in the record. */
const endWithinMs = 5_000;

type SitePlan = Omit<ProcessPlan, 'log'>;

/** What all parts of one cluster have in common: its folder, its programs, and who ends it. */
export interface Site extends AsyncDisposable {
  readonly folder: string;
  readonly commands: Commands;
  readonly lookup: ServerLookup;
  /** For PostgreSQL and Redis; undefined: the user of this process. */
  readonly user: UnixUser | undefined;
  /** A process of the cluster, which writes to `<folder>/<name>.log`. Those that were defined last end first. */
  readonly define: (plan: SitePlan) => ClusterProcess;
  /** A folder in that of the cluster. */
  readonly makeFolder: (name: string, owner?: UnixUser) => Promise<string>;
}

export interface SiteOptions extends ServerLookup {
  /** Holds data and logs, and stays. Absent: a temporary folder, which goes with the cluster. */
  readonly folder?: string;
}

export async function openSite(options: SiteOptions, commands: Commands): Promise<Site> {
  const user = await findUnprivilegedUser();
  const folder = await openFolder(options.folder);
  const watchdog = startWatchdog(options.folder === undefined ? folder : undefined);
  const owner: Owner = { watchdog, report: (line) => options.log?.(line) };
  const stack = new AsyncDisposableStack();
  stack.defer(() => watchdog.finish());
  return {
    ...{ folder, commands, user, lookup: options },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
    define: (plan) => {
      const defined = new ClusterProcess({ ...plan, log: join(folder, `${plan.name}.log`) }, owner);
      stack.defer(async () => void (await defined.end(endWithinMs)));
      return defined;
    },
    makeFolder: async (name, own) => {
      const path = join(folder, name);
      await mkdir(path, { recursive: true });
      if (own) await chown(path, own.uid, own.gid);
      return path;
    },
  };
}

async function openFolder(given: string | undefined): Promise<string> {
  if (given === undefined) {
    const folder = await mkdtemp(join(tmpdir(), 'legato-cluster-'));
    await chmod(folder, 0o711); // the databases, as another user, find their own folders in it
    return folder;
  }
  const folder = resolve(given);
  await mkdir(folder, { recursive: true, mode: 0o711 });
  return folder;
}
