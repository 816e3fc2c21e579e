import type { RedisAddress } from './redis-address.ts';

/** `refused`: it answers, and no process of Legato can use it as it is. `away`: it may come back. */
export interface RedisFault {
  readonly kind: 'refused' | 'away';
  /** What is wrong, and what to do. Names no password. */
  readonly sentence: string;
}

type Rule = readonly [pattern: RegExp, say: (where: string) => string];

const REFUSALS: readonly Rule[] = [
  [
    /^(NOAUTH|HELLO must be called)|authentication required/i,
    (where) =>
      `Redis at '${where}' needs a password; put it into REDIS_URL: redis://:password@host:port, or redis://user:password@host:port`,
  ],
  [
    /^WRONGPASS|invalid password|invalid username/i,
    (where) => `Redis at '${where}' refuses the user or the password of REDIS_URL; correct them`,
  ],
  [
    /^NOPERM/,
    (where) =>
      `Redis at '${where}' does not allow the user of REDIS_URL what is needed; grant it ~legato:* &legato:* +@all -@dangerous +info`,
  ],
  [
    /^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT)|cluster mode/i,
    (where) =>
      `Redis at '${where}' is a node of a cluster, which is not supported; set REDIS_URL to a single Redis or Valkey server`,
  ],
  [
    /^READONLY/,
    (where) => `Redis at '${where}' is a replica, which takes no writes; set REDIS_URL to its primary server`,
  ],
  [
    /DB index is out of range|invalid DB index/i,
    (where) => `Redis at '${where}' has no database of the number in REDIS_URL; correct the number after the last '/'`,
  ],
  [
    /unknown command|older than/i,
    (where) => `Redis at '${where}' is too old; Redis 6.2 or newer is needed, or any version of Valkey`,
  ],
  [
    /wrong version number|packet length too long|EPROTO/i,
    (where) => `Redis at '${where}' does not speak TLS; begin REDIS_URL with 'redis://', or switch TLS on there`,
  ],
  [
    /self.signed certificate|unable to (verify|get)|certificate has expired|altnames|CERT_/i,
    (where) =>
      `The certificate of Redis at '${where}' is not trusted; name its authority in NODE_EXTRA_CA_CERTS, or correct the host in REDIS_URL`,
  ],
  [/Unknown RESP type/i, (where) => `What listens at '${where}' is not Redis; correct REDIS_URL`],
];

/** What an error of the connection, or an answer of the server, means. */
export function redisFault(error: unknown, { where, url }: Pick<RedisAddress, 'where' | 'url'>): RedisFault {
  const text = textOf(error);
  const refusal = REFUSALS.find(([pattern]) => pattern.test(text));
  if (refusal) return { kind: 'refused', sentence: refusal[1](where) };
  return { kind: 'away', sentence: `Redis at '${where}' cannot be reached: ${text}; ${whatToDo(text, url)}` };
}

function whatToDo(text: string, url: string): string {
  const isTls = url.startsWith('rediss:');
  if (isTls && /timeout|did not answer/i.test(text))
    return "start it, switch TLS on there, or begin REDIS_URL with 'redis://'";
  if (!isTls && /closed|ECONNRESET/.test(text)) return "if it speaks TLS, begin REDIS_URL with 'rediss://'";
  return 'start it, or correct REDIS_URL';
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // All addresses of a name were tried.
  if (error instanceof AggregateError) return textOf(error.errors[0] ?? error.message);
  const { code } = error as NodeJS.ErrnoException;
  const [line = ''] = error.message.split('\n');
  return code !== undefined && !line.includes(code) ? `${code} ${line}` : line || error.name;
}
