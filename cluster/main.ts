// `npm run cluster`: starts the cluster, prints where everything is, and ends it when it is told to, or when its parent is gone.
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import type { ClusterProcess } from './cluster-process.ts';
import { type Cluster, type ClusterOptions, startCluster } from './start-cluster.ts';

const USAGE = 'npm run cluster -- [--front-ends n] [--workers n] [--no-postgres] [--no-redis] [--data folder]';
const parentPollMs = 500;

const stopped = Promise.withResolvers<void>();
let stop = (): void => process.exit(1); // while it starts; the watchdog ends what runs
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop());
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stop();
}, parentPollMs).unref();

try {
  await using cluster = await startCluster(readOptions());
  stop = () => {
    stop = () => process.exit(1);
    stopped.resolve();
  };
  for (const line of toLines(cluster)) process.stdout.write(`${line}\n`);
  await stopped.promise;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function readOptions(): ClusterOptions {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      'front-ends': { type: 'string', default: '2' },
      workers: { type: 'string', default: '1' },
      postgres: { type: 'boolean', default: true },
      redis: { type: 'boolean', default: true },
      data: { type: 'string' },
    },
  });
  const { environment, cacheDir } = readConfig();
  return {
    ...{ environment, cacheDir, postgres: values.postgres, redis: values.redis },
    frontEnds: toCount(values['front-ends'], 'front-ends'),
    workers: toCount(values.workers, 'workers'),
    ...(values.data !== undefined && { folder: values.data }),
    log: (line) => void process.stderr.write(`${line}\n`),
  };
}

function toCount(text: string, name: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new Error(`--${name} is '${text}', but must be a whole number; usage: ${USAGE}`);
  return Number(text);
}

function toLines({ balancer, frontEnds, workers, temporal, postgres, redis, folder }: Cluster): string[] {
  const database = postgres ? 'PostgreSQL' : 'SQLite';
  return [
    ...(balancer ? [toLine('Balancer', balancer.url, balancer.process)] : []),
    ...frontEnds.map(({ url, process: serving }) => toLine('Front end', url, serving)),
    ...workers.map((worker) => toLine('Worker', worker.name, worker)),
    toLine('Temporal', `${temporal.address} on ${database}`, temporal.process),
    ...(postgres ? [toLine('PostgreSQL', `127.0.0.1:${postgres.port}`, postgres.process)] : []),
    ...(redis ? [toLine('Redis', redis.url, redis.process)] : []),
    `Data, logs    ${folder}`,
  ];
}

function toLine(part: string, where: string, { pid }: ClusterProcess): string {
  return `${part.padEnd(13)} ${where} (process ${pid})`;
}
