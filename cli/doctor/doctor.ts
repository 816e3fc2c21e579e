import { styleText } from 'node:util';
import { Connection } from '@temporalio/client';
import { type Config, environmentFor } from '../../config.ts';
import type { Finding } from '../../dev-server/inspection/finding.ts';
import { inspectServer } from '../../dev-server/inspection/inspect-server.ts';
import { hasReplies } from '../find-replies.ts';
import { findPlayer } from '../play/find-player.ts';
import { inspectAgent } from './inspect-agent.ts';
import { inspectFrontEnd } from './inspect-front-end.ts';
import { inspectRedis } from './inspect-redis.ts';
import { inspectProviders } from './inspect-providers.ts';
import { readSoundConfig } from './read-sound-config.ts';

const STYLES = { ok: 'green', missing: 'red', none: 'dim' } as const;
/** Of the columns before what was found. */
const STATUS_CHARS = 9;
const PART_CHARS = 17;

export interface DoctorOptions {
  /** Print the findings as a JSON list. */
  readonly json?: boolean;
}

/**
 * `legato doctor`: what `legato dev` would use, and what is missing. Starts and changes nothing, and needs no key. Fails where
 * a turn could not run.
 */
export async function doctor(path: string | undefined, { json = false }: DoctorOptions): Promise<void> {
  const { config, faults } = readSoundConfig(environmentFor(path), { hasReplies });
  const { agent, findings } = await inspectAgent(config);
  const sections = [
    [{ status: 'ok', part: 'Node', found: process.version }] satisfies Finding[],
    faults.map((fault) => ({ status: 'missing', part: 'Configuration', found: fault }) as const),
    findings,
    await attempt('Model and voice', () => inspectProviders(config, agent)),
    await attempt('Temporal server', () => inspectTemporal(config)),
    await attempt('Redis', () => inspectRedis(config, agent)),
    await attempt('Front end', () => inspectFrontEnd(config)),
    await inspectPlayer(config),
  ];
  const all = sections.flat();
  if (json) process.stdout.write(`${JSON.stringify(all, undefined, 2)}\n`);
  else for (const finding of all) process.stdout.write(`${toLines(finding).join('\n')}\n`);
  const missing = all.filter(({ status }) => status === 'missing').length;
  if (missing > 0)
    throw new Error(`Turns cannot run yet: ${missing} ${missing === 1 ? 'thing is' : 'things are'} missing, see above`);
}

/** A part that cannot be looked at does not keep the others from being shown. */
async function attempt(part: string, inspect: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await inspect();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ status: 'missing', part, found: `cannot be looked at: ${why}` }];
  }
}

async function inspectTemporal(config: Config): Promise<readonly Finding[]> {
  const { dataDir, cacheDir, environment, namespace, temporal } = config;
  const remote = temporal && { address: temporal.address, connect: () => Connection.connect(temporal) };
  return (await inspectServer({ dataDir, cacheDir, environment, namespace, ...(remote && { remote }) })).findings;
}

async function inspectPlayer({ environment }: Config): Promise<readonly Finding[]> {
  const part = 'Player';
  const found = await findPlayer(environment['PATH']).catch(() => undefined); // said below
  if (found) return [{ status: 'ok', part, found: `${found.command}, for '--play'` }];
  return [{ status: 'none', part, found: "'--play' needs 'aplay', 'afplay' or 'ffplay' on the PATH" }];
}

function toLines({ status, part, found, details = [] }: Finding): string[] {
  const [first = '', ...more] = found.split('\n');
  const indent = ' '.repeat(STATUS_CHARS + 2);
  return [
    `${styleText(STYLES[status], status.padEnd(STATUS_CHARS))}${part.padEnd(PART_CHARS)}${first}`,
    ...[...more, ...details].map((line) => `${indent}${line}`),
  ];
}
