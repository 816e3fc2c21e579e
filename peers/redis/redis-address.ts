/** Of one Redis, as REDIS_URL names it. */
export interface RedisAddress {
  readonly url: string;
  /** Host and port, for messages: without user and password. */
  readonly where: string;
  readonly database: number;
}

/** Where it is none: the rule, which quotes nothing that may be a password. */
export function readRedisAddress(text: string): RedisAddress | string {
  const url = URL.parse(text);
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return RULE;
  const [, database = '', ...more] = url.pathname.split('/');
  if (!/^\d*$/.test(database) || more.length > 0 || url.search !== '' || url.hash !== '') return RULE;
  return { url: url.href, where: `${url.hostname}:${url.port || '6379'}`, database: Number(database) };
}

const RULE =
  'must be the URL of one Redis server, redis://host:6379 or rediss://user:password@host:6379/0 for TLS, without anything after the number of the database; special characters of the password percent-encoded';
