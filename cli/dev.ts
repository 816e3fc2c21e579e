import { type Config, environmentFor, readConfig } from '../config.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../dev-server/embedded-server.ts';
import type { Logger } from 'pino';
import { findReplies, hasReplies } from './find-replies.ts';
import { createLogger } from './logger.ts';
import { findPlayer } from './play/find-player.ts';
import { Speaker } from './play/speaker.ts';
import { startSystem, type System } from '../worker/system.ts';
import { untilStopped } from './until-stopped.ts';

export interface DevOptions {
  /** Reload the agent when one of its files changes. */
  readonly watch?: boolean;
  /** Play the speech of all turns that have their home here. */
  readonly play?: boolean;
}

/** `legato dev`: the embedded Temporal server where none is named, the worker and the front end, in one terminal. */
export async function dev(agent: string | undefined, { watch = false, play }: DevOptions): Promise<void> {
  const config = readConfig(environmentFor(agent), { hasReplies });
  const logger = createLogger({ level: config.logLevel, form: 'lines' });
  using speaker = play ? await openSpeaker(config.environment['PATH'], logger) : undefined;
  await using embedded = config.temporal ? undefined : await startTemporal(config);
  const address = config.temporal?.address ?? embedded?.address ?? '';
  const system = await startSystem({
    config: { ...config, temporal: { ...config.temporal, address } },
    ...{ logger, serving: true, watch, servesTools: true },
    ...(speaker && { onEvent: (turn, event) => speaker.take(turn, event) }),
    ...(embedded?.uiUrl !== undefined && { temporalUiUrl: embedded.uiUrl }),
    ...repliesOf(config),
  });
  for (const line of toLines(system, { address, embedded, config })) process.stdout.write(`${line}\n`);
  await untilStopped(system);
}

function repliesOf(config: Config): { readonly replies?: string } {
  const replies = findReplies(config);
  return replies === undefined ? {} : { replies };
}

function startTemporal({ dataDir, cacheDir, environment, namespace }: Config): Promise<EmbeddedServer> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  return startEmbeddedServer({ dataDir, cacheDir, environment, namespace, log });
}

async function openSpeaker(searchPath: string | undefined, logger: Logger): Promise<Speaker> {
  const player = await findPlayer(searchPath);
  return new Speaker({ player, onTrouble: (why) => logger.warn(`Speech is no longer played: ${why}`) });
}

interface Found {
  readonly address: string;
  readonly embedded: EmbeddedServer | undefined;
  readonly config: Config;
}

function toLines({ url, agent, providers }: System, { address, embedded, config }: Found): string[] {
  const unused = config.openai && findReplies(config);
  const server = embedded ? ` (${embedded.version}, embedded${embedded.adopted ? ', already running' : ''})` : '';
  return [
    `Front end     ${url ?? ''}`,
    `Agent         ${agent}`,
    `Model, voice  ${providers}${unused === undefined ? '' : `; OPENAI_API_KEY is set, so ${unused} is not used`}`,
    `Temporal      ${address}${server}`,
    ...(embedded ? [`Temporal UI   ${embedded.uiUrl ?? "not installed; 'legato doctor' says how to get it"}`] : []),
  ];
}
