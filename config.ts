import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { readRedisAddress, type RedisAddress } from './peers/redis/redis-address.ts';
import { type OpenAIServer, type SpeechServer, voiceFaults, voicesOf } from './providers/voice-variables.ts';
import type { PayloadKey } from './record/payload-cipher.ts';
import { readPayloadKeys } from './record/payload-keys.ts';
import {
  type AccessConfig,
  accessFaults,
  accessVariables,
  addressFaults,
  readNamedKeys,
  toAccessConfig,
} from './server/access/access-variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type TemporalConnection = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

export interface Config extends AccessConfig {
  /** Path of the agent module. */
  readonly agent: string;
  /** Path of the rules that answer in `legato dev` without a key. Absent: `replies.ts` beside the agent module. */
  readonly replies?: string;
  readonly host: string;
  readonly port: number;
  /** Where a process without a front end answers who watches it. Absent: nowhere. */
  readonly monitor?: { readonly host: string; readonly port: number };
  /** Absent: the embedded server. */
  readonly temporal?: TemporalConnection & { readonly address: string };
  readonly namespace: string;
  /** What processes of an agent reach each other by. Absent: each is alone. */
  readonly redis?: RedisAddress;
  /** For models that are named by a string. Absent: the scripted server. */
  readonly openai?: OpenAIServer;
  /** What to do where an agent asks for a server that there is neither a key nor a stand-in for. */
  readonly missing: { readonly model?: string; readonly voice?: string; readonly fallbackVoice?: string };
  /** Where the voice is, if that is not the scripted server: by default where the model is. */
  readonly voice?: SpeechServer;
  /** Where fallback voices are, if not where the voice is. */
  readonly fallbackVoice?: SpeechServer;
  /** Database of the embedded server. */
  readonly dataDir: string;
  /** For built servers, outside the checkout. */
  readonly cacheDir: string;
  /** For bundles of the workflows. Absent without a home: in the shared temporary folder others could put code that is then run. */
  readonly bundleDir?: string;
  /** The first one encrypts. */
  readonly payloadKeys: readonly PayloadKey[];
  readonly maxOpenTurns: number;
  /** How long open turns, or calls of a tools-only worker, may go on after a stop is requested. */
  readonly graceMs: number;
  /** Whether steps are done before the durable record has caught up. */
  readonly runAhead: boolean;
  /** The lowest level that is logged. */
  readonly logLevel: LogLevel;
  /** Variables with which the embedded server is found, built and run. */
  readonly environment: Environment;
}

/** Pino's levels. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** All faults of the environment. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One sentence each: variable, value, rule and way out. Keys are never quoted. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['Cannot read the configuration:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.faults = faults;
  }
}

const temporalVariables = [
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_API_KEY',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_TLS',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_DATA',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
] as const;

const quoted =
  (rule: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    `is '${String(input)}', ${rule}`;

const Variables = z.object({
  LEGATO_AGENT: z.string().optional(),
  LEGATO_REPLIES: z.string().optional(),
  HOST: hostName().default('127.0.0.1'),
  PORT: wholeNumber({ from: 0, to: 65_535 }).default(8_787),
  LEGATO_MONITOR_HOST: hostName().default('127.0.0.1'),
  LEGATO_MONITOR_PORT: wholeNumber({ from: 0, to: 65_535 }).optional(),
  OPENAI_API_KEY: providerKey().optional(),
  OPENAI_BASE_URL: baseURL().optional(),
  LEGATO_VOICE_API_KEY: providerKey().optional(),
  LEGATO_VOICE_BASE_URL: baseURL().optional(),
  LEGATO_VOICE_MODEL: z.string().optional(),
  LEGATO_FALLBACK_VOICE_API_KEY: providerKey().optional(),
  LEGATO_FALLBACK_VOICE_BASE_URL: baseURL().optional(),
  LEGATO_FALLBACK_VOICE_MODEL: z.string().optional(),
  LEGATO_DATA: z.string().default('.legato'),
  ...accessVariables,
  REDIS_URL: z.string().transform(toRedisAddress).optional(),
  LEGATO_PAYLOAD_KEYS: z.string().transform(toPayloadKeys).default([]),
  LEGATO_MAX_OPEN_TURNS: wholeNumber({ from: 1, to: 100_000 }).default(500),
  LEGATO_GRACE_MS: wholeNumber({ from: 0, to: 900_000 }).default(20_000),
  LEGATO_RUN_AHEAD: z
    .enum(['on', 'off'], { error: quoted("but must be 'on' or 'off'") })
    .default('on')
    .transform((value) => value === 'on'),
  LEGATO_LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: quoted(`but must be one of ${LOG_LEVELS.join(', ')}`) })
    .default('info'),
  XDG_CACHE_HOME: z.string().optional(),
  HOME: z.string().optional(),
  PATH: z.string().optional(),
});
type Variables = z.infer<typeof Variables>;

/** The variables that Legato reads. */
export const environmentVariables: readonly string[] = [...Object.keys(Variables.shape), ...temporalVariables];

/** For a reading that has to leave variables out. */
export const processEnvironment: Environment = process.env;

/** As a command has it that is given the path of an agent module. */
export function environmentFor(agent: string | undefined): Environment {
  return agent === undefined ? processEnvironment : { ...processEnvironment, LEGATO_AGENT: agent };
}

/** True where Legato runs from its built package, without the scripted server beside it. */
export const isInstalled = import.meta.filename.endsWith('.js');

interface Reading {
  readonly installed?: boolean;
  /** Whether something answers here without a key. */
  readonly hasReplies?: (files: Pick<Config, 'agent' | 'replies'>) => boolean;
}

/**
 * Reads the environment. An empty variable counts as absent.
 * @throws ConfigError with all faults
 */
export function readConfig(env: Environment = processEnvironment, reading: Reading = {}): Config {
  const { installed = isInstalled } = reading;
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Variables.safeParse(present, { reportInput: true });
  const temporal = readTemporal(present as Record<string, string>);
  const named = readNamedKeys(present);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`),
    ...combinationFaults(present),
    ...accessFaults(present, named),
    ...temporal.faults,
  ];
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  const { data } = parsed;
  const missing = missingServers(present, { ...reading, installed });
  const own = { ...toConfig(data, temporal, env), ...filesOf(present, installed), missing };
  return { ...own, ...toAccessConfig(data, named) };
}

/** The modules of the author. A checkout has an example; a project has its own agent. */
function filesOf(env: Environment, installed: boolean): Pick<Config, 'agent' | 'replies'> {
  const { LEGATO_AGENT: agent = installed ? 'agent.ts' : 'examples/orders/agent.ts', LEGATO_REPLIES: replies } = env;
  return { agent, ...(replies !== undefined && { replies }) };
}

/** It is sent in a header: an error that refuses it there would quote it. */
function providerKey() {
  const error = 'has a space or a special character, which a key cannot have; copy it again';
  return z.string().regex(/^[\x21-\x7e]+$/, { error });
}

function baseURL() {
  const error = quoted('but must be an http or https URL, e.g. https://api.openai.com/v1');
  return z.url({ protocol: /^https?$/, error });
}

function toRedisAddress(text: string, context: z.RefinementCtx): RedisAddress {
  const address = readRedisAddress(text);
  if (typeof address !== 'string') return address;
  context.addIssue(address);
  return z.NEVER;
}

function toPayloadKeys(text: string, context: z.RefinementCtx): readonly PayloadKey[] {
  const { keys, faults } = readPayloadKeys(text);
  for (const fault of faults) context.addIssue(fault);
  return keys;
}

function hostName() {
  const error = quoted('but must be a host name or an address, e.g. 127.0.0.1');
  return z.string().regex(/^[\w.:%-]+$/, { error });
}

function wholeNumber({ from, to }: { from: number; to: number }) {
  const error = quoted(`but must be a whole number from ${from} to ${to}`);
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .refine((digits) => Number(digits) >= from && Number(digits) <= to, { error })
    .transform(Number);
}

/** Faults of variables together. Reads the raw values, so that these faults are reported beside those of single variables. */
function combinationFaults(env: Environment): string[] {
  return [...addressFaults(env), ...modelFaults(env), ...voiceFaults(env)];
}

function modelFaults(env: Environment): string[] {
  if (env['OPENAI_API_KEY'] !== undefined || env['OPENAI_BASE_URL'] === undefined) return [];
  return ['OPENAI_BASE_URL is set without OPENAI_API_KEY; set that too, to any word if the server needs none'];
}

/** Whether an agent needs them is known once it is loaded. Where rules may answer, a hum speaks. */
function missingServers(
  env: Environment,
  { installed, hasReplies }: Reading & { readonly installed: boolean },
): Config['missing'] {
  if (!installed || env['OPENAI_API_KEY'] !== undefined) return {};
  const orReplies = hasReplies ? ", or write replies.ts beside the agent module, by which 'legato dev' answers" : '';
  const model = `OPENAI_API_KEY is missing; set it to a key, or to any word if the server of OPENAI_BASE_URL needs none${orReplies}`;
  return { ...(!hasReplies?.(filesOf(env, installed)) && { model }), ...(!hasReplies && missingVoices(env)) };
}

function missingVoices(env: Environment): Omit<Config['missing'], 'model'> {
  if (env['LEGATO_VOICE_API_KEY'] !== undefined) return {};
  const missing = (name: 'VOICE' | 'FALLBACK_VOICE'): string =>
    `LEGATO_${name}_API_KEY is missing; set it to a key for speech, or to any word if the server of LEGATO_${name}_BASE_URL needs none`;
  const hasFallback = env['LEGATO_FALLBACK_VOICE_API_KEY'] !== undefined;
  return { voice: missing('VOICE'), ...(!hasFallback && { fallbackVoice: missing('FALLBACK_VOICE') }) };
}

type TemporalReading = Pick<Config, 'temporal'> & { readonly namespace?: string; readonly faults: readonly string[] };

/** By `@temporalio/envconfig`; a profile file counts only where a variable names it, so that a checkout does the same everywhere. */
function readTemporal(env: Record<string, string>): TemporalReading {
  const disableFile = env['TEMPORAL_PROFILE'] === undefined && env['TEMPORAL_CONFIG_FILE'] === undefined;
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ disableFile, overrideEnvVars: env });
    const { address } = connectionOptions;
    return {
      ...(address !== undefined && { temporal: { ...connectionOptions, address } }),
      ...(namespace !== undefined && { namespace }),
      faults: temporalFaults(address, env),
    };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { faults: [`TEMPORAL_… cannot be read: ${why}; correct the variables or the profile file`] };
  }
}

function temporalFaults(address: string | undefined, env: Environment): string[] {
  if (address === undefined || !/[/\s]/.test(address)) return [];
  const named =
    env['TEMPORAL_ADDRESS'] === address ? 'TEMPORAL_ADDRESS is' : 'TEMPORAL_… names a profile whose address is';
  return [`${named} '${address}', but must be a host and a port without a scheme, e.g. 127.0.0.1:7233`];
}

function toConfig(
  variables: Variables,
  { temporal, namespace }: TemporalReading,
  environment: Environment,
): Omit<Config, 'agent' | 'replies' | 'missing' | keyof AccessConfig> {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseURL, LEGATO_MONITOR_PORT: monitorPort } = variables;
  return {
    host: variables.HOST,
    port: variables.PORT,
    ...(monitorPort !== undefined && { monitor: { host: variables.LEGATO_MONITOR_HOST, port: monitorPort } }),
    ...(temporal && { temporal }),
    namespace: namespace ?? 'default',
    ...(variables.REDIS_URL && { redis: variables.REDIS_URL }),
    ...(apiKey !== undefined && { openai: { apiKey, ...(baseURL !== undefined && { baseURL }) } }),
    ...voicesOf(variables),
    dataDir: resolve(variables.LEGATO_DATA),
    ...cachesOf(variables),
    payloadKeys: variables.LEGATO_PAYLOAD_KEYS,
    maxOpenTurns: variables.LEGATO_MAX_OPEN_TURNS,
    graceMs: variables.LEGATO_GRACE_MS,
    runAhead: variables.LEGATO_RUN_AHEAD,
    logLevel: variables.LEGATO_LOG_LEVEL,
    environment,
  };
}

function cachesOf(variables: Variables): Pick<Config, 'cacheDir' | 'bundleDir'> {
  const own = ownCache(variables);
  return own === undefined
    ? { cacheDir: join(tmpdir(), 'legato-cache') }
    : { cacheDir: own, bundleDir: join(own, 'workflows') };
}

/** The XDG base directory specification ignores a relative path. */
function ownCache({ XDG_CACHE_HOME: cacheHome, HOME: home }: Variables): string | undefined {
  if (cacheHome !== undefined && isAbsolute(cacheHome)) return join(cacheHome, 'legato');
  return home === undefined ? undefined : join(home, '.cache', 'legato');
}
