import { type Config, environmentFor, readConfig } from '../config.ts';
import { createLogger } from './logger.ts';
import { startSystem } from '../worker/system.ts';
import { untilStopped } from './until-stopped.ts';

export interface ServeOptions {
  /** Path of the agent module; undefined: as the environment says. */
  readonly agent: string | undefined;
  readonly serving: boolean;
}

/** `legato serve` (front end and worker in one process) and `legato worker` (without the front end), on a running Temporal server. */
export async function serve({ agent, serving }: ServeOptions): Promise<void> {
  const config = readConfig(environmentFor(agent));
  const temporal = namedTemporal(config);
  const logger = createLogger({ level: config.logLevel, form: 'json' });
  const system = await startSystem({ config: { ...config, temporal }, logger, serving });
  process.stdout.write(system.url ? `Front end     ${system.url}\n` : '');
  if (system.monitorUrl !== undefined) process.stdout.write(`Monitor       ${system.monitorUrl}\n`);
  process.stdout.write(`Agent         ${system.agent}\n`);
  process.stdout.write(`Model, voice  ${system.providers}\n`);
  process.stdout.write(`Temporal      ${temporal.address}\n`);
  await untilStopped(system);
}

/** Only `legato dev` starts a server by itself. */
export function namedTemporal({ temporal }: Config): NonNullable<Config['temporal']> {
  if (temporal) return temporal;
  throw new Error(
    "TEMPORAL_ADDRESS is missing; set it to the address of a Temporal server, or run 'legato dev', which starts one",
  );
}
