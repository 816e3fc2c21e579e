import type { RedisSession } from './redis-session.ts';

const WRITE = "return redis.call('SET', KEYS[1], '', 'PX', 1000)";
/** `XRANGE` with an open beginning. */
const OLDEST = [6, 2] as const;

/** What `INFO` tells of a server. */
export interface ServerDescription {
  /** `Redis 7.0.15`, `Valkey 8.1.0`. Undefined where its user may not ask. */
  readonly name: string | undefined;
  /** What it does when its memory is full; `noeviction` is the one that fits. */
  readonly evictionPolicy: string | undefined;
}

type Asking = Pick<RedisSession, 'ask'>;

/** Throws where the server cannot be used: see `redisFault`. `key`: one that may be written. */
export async function checkServer(session: Asking, key: string): Promise<ServerDescription> {
  const info = readInfo(await session.ask<string>(['INFO']).catch(noneIfForbidden));
  if (info.get('cluster_enabled') === '1') throw new Error('It runs in cluster mode');
  if (isOld(info.get('redis_version'))) throw new Error(`It is older than ${OLDEST.join('.')}`);
  await session.ask(['EVAL', WRITE, '1', key]).catch(unlessFull);
  const name = info.has('valkey_version')
    ? `Valkey ${info.get('valkey_version')}`
    : `Redis ${info.get('redis_version')}`;
  return { name: info.size === 0 ? undefined : name, evictionPolicy: info.get('maxmemory_policy') };
}

function noneIfForbidden(error: unknown): string {
  if (error instanceof Error && error.message.startsWith('NOPERM')) return '';
  throw error;
}

/** One whose memory is full is used again when it has room. */
function unlessFull(error: unknown): void {
  if (!(error instanceof Error && /^(ERR )?.*\bOOM\b/.test(error.message))) throw error;
}

function readInfo(text: string): ReadonlyMap<string, string> {
  const fields = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(fields.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function isOld(version: string | undefined): boolean {
  if (version === undefined) return false;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
