import { environmentFor, readConfig } from '../config.ts';
import { startToolWorker } from '../worker/tools/tool-worker.ts';
import { createLogger } from './logger.ts';
import { namedTemporal, serve } from './serve.ts';
import { untilStopped } from './until-stopped.ts';

export interface WorkerOptions {
  /** Runs tools and nothing else. */
  readonly only?: 'tools';
  /** The groups whose tools it runs. */
  readonly group?: readonly string[];
}

/** `legato worker`: a worker without a front end, for turns or, with `--only tools`, for tools that name a worker. */
export async function worker(agent: string | undefined, { only, group = [] }: WorkerOptions): Promise<void> {
  if (only === 'tools') return workForTools(agent, group);
  if (group.length > 0) throw new Error("'--group' is for a worker that runs tools; add '--only tools'");
  return serve({ agent, serving: false });
}

async function workForTools(agent: string | undefined, groups: readonly string[]): Promise<void> {
  const config = readConfig(environmentFor(agent));
  const temporal = namedTemporal(config);
  const logger = createLogger({ level: config.logLevel, form: 'json' });
  const working = await startToolWorker({ config: { ...config, temporal }, logger, groups });
  process.stdout.write(`Agent         ${working.agent}\n`);
  for (const [name, tools] of working.tools) process.stdout.write(`Group         ${name}: ${tools.join(', ')}\n`);
  if (working.monitorUrl !== undefined) process.stdout.write(`Monitor       ${working.monitorUrl}\n`);
  process.stdout.write(`Temporal      ${temporal.address}\n`);
  await untilStopped(working);
}
