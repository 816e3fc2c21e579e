import { z } from 'zod';
import { type ApiKey, toApiKeys } from './api-key.ts';
import { canBeReadAgain, type ReadKeys, readKeysFile } from './keys-file.ts';

const SECRET_CHARACTERS = 32;

/** The variables that say who may call, for `config.ts`. */
export const accessVariables = {
  LEGATO_API_KEYS: z
    .string()
    .transform((keys) => keys.split(',').map((key) => key.trim()))
    .refine((keys) => keys.every((key) => /^[\x21-\x7e]+$/.test(key)), {
      error: 'has an empty key, or a key with a space or a special character; separate keys by single commas',
    })
    .default([]),
  LEGATO_API_KEYS_FILE: z.string().optional(),
  LEGATO_TOKEN_SECRET: z
    .string()
    .min(SECRET_CHARACTERS, {
      error: `is shorter than ${SECRET_CHARACTERS} characters; make one, e.g. with 'openssl rand -hex 32'`,
    })
    .optional(),
  LEGATO_CORS_ORIGINS: z
    .string()
    .transform((origins) => origins.split(',').map((origin) => origin.trim()))
    .superRefine((origins, context) => {
      const wrong = origins.find((origin) => origin !== '*' && !isOrigin(origin));
      if (wrong !== undefined) context.addIssue(`has '${wrong}', which is no origin; write e.g. https://shop.example`);
      else if (origins.length > 1 && origins.includes('*'))
        context.addIssue("has '*' beside others; leave out one or the other");
    })
    .default([]),
};

/** Who may call a front end. */
export interface AccessConfig {
  readonly apiKeys: readonly ApiKey[];
  /** Where they stand, if they can be read again from there when they change. */
  readonly apiKeysFile?: string;
  /** With which tokens are signed. Absent: derived from the first key. */
  readonly tokenSecret?: string;
  /** Of the pages that may call the front end; `*`: all. */
  readonly corsOrigins: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Variables = z.output<z.ZodObject<typeof accessVariables>>;

function hasKeys(env: Environment): boolean {
  return env['LEGATO_API_KEYS'] !== undefined || env['LEGATO_API_KEYS_FILE'] !== undefined;
}

/** The keys of the file that is named, if one is. To be read once: a file that changes between two readings could leave a server without keys. */
export function readNamedKeys({ LEGATO_API_KEYS_FILE: path }: Environment): ReadKeys | undefined {
  return path === undefined ? undefined : readKeysFile(path);
}

/** Faults of the variables together, and of the keys file. */
export function accessFaults(env: Environment, named: ReadKeys | undefined): string[] {
  const { LEGATO_API_KEYS: list, LEGATO_API_KEYS_FILE: path, LEGATO_TOKEN_SECRET: secret } = env;
  const { keys, faults } = named ?? { keys: [], faults: [] };
  return [
    ...faults,
    ...(list !== undefined && path !== undefined
      ? ['LEGATO_API_KEYS and LEGATO_API_KEYS_FILE are both set; put all keys into the file and leave out the other']
      : []),
    ...secretFaults(path, keys, secret),
    ...(env['LEGATO_CORS_ORIGINS']?.trim() === '*' && !hasKeys(env)
      ? [
          "LEGATO_CORS_ORIGINS is '*', and without keys every page could use this server; name the origins, or set LEGATO_API_KEYS",
        ]
      : []),
  ];
}

/** Of keys in a file, from which no secret is derived. */
export function secretFaults(path: string | undefined, keys: readonly ApiKey[], secret: string | undefined): string[] {
  if (keys.length === 0 || secret !== undefined || keys.some(({ key }) => key !== undefined)) return [];
  return [
    `LEGATO_TOKEN_SECRET is missing, and '${path}' has only hashes, from which none is derived; set it to ${SECRET_CHARACTERS} random characters or more`,
  ];
}

export function toAccessConfig(variables: Variables, named: ReadKeys | undefined): AccessConfig {
  const { LEGATO_API_KEYS_FILE: path, LEGATO_TOKEN_SECRET: tokenSecret } = variables;
  return {
    apiKeys: named?.keys ?? toApiKeys(variables.LEGATO_API_KEYS),
    ...(path !== undefined && canBeReadAgain(path) && { apiKeysFile: path }),
    ...(tokenSecret !== undefined && { tokenSecret }),
    corsOrigins: variables.LEGATO_CORS_ORIGINS,
  };
}

/** As browsers send it: scheme, host and port, in lower case, without a path. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** An address that others can reach needs keys. */
export function addressFaults(env: Environment): string[] {
  const faults: string[] = [];
  for (const name of ['HOST', 'LEGATO_MONITOR_HOST']) {
    const host = env[name];
    if (host !== undefined && !isLoopback(host) && !hasKeys(env))
      faults.push(`${name} is '${host}', which others can reach; set LEGATO_API_KEYS, or ${name} to 127.0.0.1`);
  }
  return faults;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
