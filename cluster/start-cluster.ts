import { type Balancer, startBalancer } from './balancer.ts';
import type { ClusterProcess } from './cluster-process.ts';
import {
  type FrontEndProcess,
  startFrontEnd,
  startWorker,
  type Variables,
  type VariablesFor,
} from './legato-processes.ts';
import { findCommands } from './packages.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { type Redis, startRedis } from './redis.ts';
import { startScriptedProvider } from './scripted-provider.ts';
import { openSite, type Site, type SiteOptions } from './site.ts';
import { startTemporal, type Temporal } from './temporal.ts';

export interface ClusterOptions extends SiteOptions {
  /** `legato serve`, each on a port of its own. Default 2. */
  readonly frontEnds?: number;
  /** `legato worker`. Default 1. */
  readonly workers?: number;
  /** Whether Temporal keeps its record in PostgreSQL, or else in SQLite. Default true. */
  readonly postgres?: boolean;
  /** Default true. */
  readonly redis?: boolean;
  /** Default true where there is a front end. */
  readonly balancer?: boolean;
  readonly variablesFor?: VariablesFor;
}

export interface Cluster extends AsyncDisposable {
  /** Data, and a log of each process. */
  readonly folder: string;
  readonly frontEnds: readonly FrontEndProcess[];
  readonly workers: readonly ClusterProcess[];
  readonly temporal: Temporal;
  readonly postgres: Postgres | undefined;
  readonly redis: Redis | undefined;
  readonly balancer: Balancer | undefined;
  /** Ends all processes, and removes the folder if it is temporary. Open turns are not waited for. */
  stop(): Promise<void>;
}

/**
 * The topology of a deployment, without containers: several front ends and workers on one Temporal, one PostgreSQL and one
 * Redis, behind a balancer without sticky sessions. It ends with this process, even if that is killed.
 * @throws MissingPackages where the machine lacks a command
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { postgres: onPostgres = true, redis: withRedis = true, frontEnds: frontEndCount = 2 } = options;
  const balanced = (options.balancer ?? true) && frontEndCount > 0;
  const needs = { postgres: onPostgres, redis: withRedis, balancer: balanced };
  const commands = await findCommands(needs, options.environment.PATH);
  await using stack = new AsyncDisposableStack();
  const site = stack.use(await openSite(options, commands));
  const [redis, { postgres, temporal }] = await allStarted([
    withRedis ? startRedis(site) : undefined,
    startRecord(site, onPostgres),
  ] as const);
  const given = {
    ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace },
    ...(redis && { REDIS_URL: redis.url }),
  };
  const { frontEnds, workers } = await startLegato(site, { ...options, frontEnds: frontEndCount }, given);
  const balancer = balanced ? await startBalancer(site, frontEnds) : undefined;
  const parts = stack.move();
  const stop = () => parts.disposeAsync();
  return {
    ...{ folder: site.folder, frontEnds, workers, temporal, postgres, redis, balancer, stop },
    [Symbol.asyncDispose]: stop,
  };
}

async function startRecord(site: Site, onPostgres: boolean): Promise<Pick<Cluster, 'postgres' | 'temporal'>> {
  const postgres = onPostgres ? await startPostgres(site) : undefined;
  return { postgres, temporal: await startTemporal(site, postgres) };
}

type LegatoOptions = ClusterOptions & Required<Pick<ClusterOptions, 'frontEnds'>>;

async function startLegato(site: Site, options: LegatoOptions, shared: Variables) {
  const { frontEnds, workers = 1, variablesFor, environment } = options;
  const given = environment.OPENAI_API_KEY ? shared : { ...shared, ...(await startScriptedProvider(site)) };
  const told = { given, variablesFor };
  const [serving, working] = await allStarted([
    allStarted(named('front-end', frontEnds).map((name) => startFrontEnd(site, name, told))),
    allStarted(named('worker', workers).map((name) => startWorker(site, name, told))),
  ]);
  return { frontEnds: serving, workers: working };
}

function named(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
}

/** Waits for all before it throws: nothing may start behind the back of who cleans up. */
async function allStarted<T extends readonly unknown[]>(
  starts: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}
