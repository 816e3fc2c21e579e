import { readConfig } from '../config.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../dev-server/embedded-server.ts';
import { createLogger } from './logger.ts';
import { startSystem, type System } from '../worker/system.ts';
import { untilStopped } from './until-stopped.ts';

/** `legato dev`: the embedded Temporal server where none is named, the worker and the front end, in one terminal. */
export async function dev(): Promise<void> {
  const config = readConfig();
  const { dataDir, cacheDir, environment, namespace } = config;
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  await using embedded = config.temporal
    ? undefined
    : await startEmbeddedServer({ dataDir, cacheDir, environment, namespace, log });
  const address = config.temporal?.address ?? embedded?.address ?? '';
  const system = await startSystem({
    config: { ...config, temporal: { ...config.temporal, address } },
    logger: createLogger({ level: config.logLevel, form: 'lines' }),
    serving: true,
    ...(embedded?.uiUrl !== undefined && { temporalUiUrl: embedded.uiUrl }),
  });
  for (const line of toLines(system, { address, embedded })) process.stdout.write(`${line}\n`);
  await untilStopped(system);
}

interface Found {
  readonly address: string;
  readonly embedded: EmbeddedServer | undefined;
}

function toLines({ url, agent, providers }: System, { address, embedded }: Found): string[] {
  const server = embedded ? ` (${embedded.version}, embedded${embedded.adopted ? ', already running' : ''})` : '';
  return [
    `Front end     ${url ?? ''}`,
    `Agent         ${agent}`,
    `Model, voice  ${providers}`,
    `Temporal      ${address}${server}`,
    ...(embedded ? [`Temporal UI   ${embedded.uiUrl ?? "not installed; 'legato doctor' says how to get it"}`] : []),
  ];
}
