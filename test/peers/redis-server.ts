import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../../dev-server/launch/free-ports.ts';

/** For tests that need a real Redis: `{ skip }` where there is none, which the report shows. */
export const needsRedis = {
  skip: findOnPath('redis-server') ? false : "no 'redis-server' on the PATH: apt install redis-server",
};

function findOnPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

export interface RedisServer extends AsyncDisposable {
  readonly address: string;
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP: it answers no more, and its connections stay open. */
  readonly pause: () => void;
  readonly resume: () => void;
}

interface RedisServerOptions {
  /** Default: any that is free. */
  readonly port?: number;
  /** Of `redis-server`. */
  readonly more?: readonly string[];
  readonly program?: string;
}

/** A Redis of its own, which keeps nothing on disk. */
export async function startRedis({
  port,
  more = [],
  program = 'redis-server',
}: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'legato-redis-'));
  const [taken = 0] = port === undefined ? await freePorts(1) : [port];
  const options = ['--port', String(taken), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn(program, [...options, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = (): unknown => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  await Promise.race([ready, exited.then(() => Promise.reject(new Error(`${program} ended at once`)))]);
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const address = `127.0.0.1:${taken}`;
  return {
    ...{ address, url: `redis://${address}`, kill: end },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
