import { createRequire } from 'node:module';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { HomeCommands } from '../live/turns/home-commands.ts';
import { type Leases, NoLeases } from '../live/turns/leases.ts';
import { Keys } from '../peers/keys.ts';
import type { RedisAddress } from '../peers/redis/redis-address.ts';
import { RedisLink } from '../peers/redis/redis-link.ts';
import { SharedHomeCommands } from '../peers/shared-home-commands.ts';
import { SharedLeases } from '../peers/shared-leases.ts';
import { SharedNews } from '../peers/shared-news.ts';
import { SharedStream } from '../peers/shared-stream.ts';
import { processIdentity, servingProcesses } from '../record/serving-processes.ts';
import type { MemoryStream } from '../stream/memory.ts';
import type { TurnNews } from '../stream/turn-news.ts';
import type { TurnStream } from '../stream/turn-stream.ts';
import { OtherProcesses } from './watch/other-processes.ts';

const { version } = createRequire(import.meta.url)('legato/package.json') as { version: string };

export interface PeersSetting {
  readonly config: Pick<Config, 'redis' | 'namespace'>;
  readonly logger: Logger;
  readonly agent: string;
  /** The name of this process. */
  readonly home: string;
  readonly memory: MemoryStream;
  readonly client: Client;
  readonly serving: boolean;
  /** A newer home publishes: this process is the turn's home no longer. */
  readonly onReplaced: (turnId: string, epoch: number) => void;
}

/** What this process has of the others of its agent. */
export interface Peers extends Disposable {
  readonly stream: TurnStream;
  readonly news: TurnNews;
  readonly leases: Leases;
  /** `here`: the commands to the turns of this process. */
  readonly commands: (here: HomeCommands) => HomeCommands;
  /** How this process names itself to Temporal. */
  readonly identity: string;
  /** Why others are out of reach, for anybody to read. */
  readonly missing: () => readonly string[];
}

/** Throws an Error of one sentence where there is a Redis that cannot be used; one that is away may come back. */
export async function openPeers(setting: PeersSetting): Promise<Peers> {
  const { redis } = setting.config;
  const identity = await identityOf(setting);
  return redis ? openShared(setting, redis, identity) : onlyHere(setting, identity);
}

/** Whom Temporal knows is asked before this process asks for work itself. */
async function identityOf({ serving, home, client, agent }: PeersSetting): Promise<string> {
  // Where Temporal does not tell, all that it names later count as having served beside this process: as before a first start.
  const seen = serving ? await servingProcesses(client, agent).catch(() => []) : [];
  return processIdentity(home, serving ? { seen } : undefined);
}

function onlyHere({ memory, client, agent, serving, logger }: PeersSetting, identity: string): Peers {
  using stack = new DisposableStack();
  stack.use(memory);
  const ask = () => servingProcesses(client, agent);
  const others = serving ? stack.use(new OtherProcesses({ ask, identity, agent, logger })) : undefined;
  const opened = stack.move();
  return {
    ...{ stream: memory, news: memory.news, leases: new NoLeases(), identity },
    commands: (here) => here,
    missing: () => (others?.alive.length ? ['REDIS_URL is not set, and another process serves this agent'] : []),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

async function openShared(setting: PeersSetting, address: RedisAddress, identity: string): Promise<Peers> {
  const { config, agent, home, memory, logger, onReplaced } = setting;
  using stack = new DisposableStack();
  const keys = new Keys({ namespace: config.namespace, agent, database: address.database });
  const link = stack.use(createLink({ address, keys, logger }));
  await link.open();
  if (link.fault?.kind === 'refused') throw new Error(link.fault.sentence);
  const parts = { link, keys, home, memory };
  const news = new SharedNews(parts);
  const onRefused = (err: unknown): void =>
    logger.warn({ err }, 'Redis does not take the events of turns; readers at other processes wait for them');
  const stream = stack.use(new SharedStream({ ...parts, news, onReplaced, onRefused }));
  const leases = stack.use(new SharedLeases({ ...parts, holder: { agent, version } }));
  const opened = stack.move();
  return {
    ...{ stream, news, leases, identity },
    commands: (here) => opened.use(new SharedHomeCommands({ ...parts, here })),
    missing: () => (link.isUp ? [] : ['The Redis of REDIS_URL is not there']),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

interface LinkParts {
  readonly address: RedisAddress;
  readonly keys: Keys;
  readonly logger: Logger;
}

function createLink({ address, keys, logger }: LinkParts): RedisLink {
  return new RedisLink({
    ...{ address, checkKey: keys.check },
    onFault: ({ kind, sentence }) => {
      const what = `${sentence}. Turns go on; other processes get nothing of them until then`;
      logger[kind === 'refused' ? 'error' : 'warn'](what);
    },
    onBack: () => logger.info(`Redis at '${address.where}' is there again`),
    onBadMessage: (err) => logger.warn({ err }, 'A message from Redis cannot be read, and is left out'),
  });
}
