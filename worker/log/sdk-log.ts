import type { Logger as SdkLogger, LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import { failures } from '../../contract/failures.ts';
import { isError } from './error-fields.ts';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
/** A process's own queue has steps and no workflows; the SDK warns about that. */
const NO_WORKFLOWS = 'No workflows registered';
const MAX_CHARS = 500;

/** Messages of the SDK and its core, in our log. Never payloads: only fields that are known to hold none are copied. */
export function createSdkLogger(logger: Logger): SdkLogger {
  const log = (level: LogLevel, message: string, meta: object = {}): void => {
    if (message.startsWith(NO_WORKFLOWS)) return;
    logger[isInTurnReport(message, meta) ? 'debug' : LEVELS[level]](toFields(meta), message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

/** A failed turn and its steps are in the turn's own line; workflows fail for no other reason. */
function isInTurnReport(message: string, meta: object): boolean {
  if (message === 'Workflow failed') return true;
  const type = 'error' in meta && isError(meta.error) ? meta.error.type : undefined;
  return message === 'Activity failed' && typeof type === 'string' && Object.hasOwn(failures, type);
}

function toFields(meta: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(meta).flatMap(([key, value]) => toField(key, value)));
}

function toField(key: string, value: unknown): [string, unknown][] {
  if (isError(value)) return [[key === 'error' ? 'err' : key, value]];
  if (typeof value === 'number' || typeof value === 'boolean') return [[key, value]];
  if (typeof value !== 'string') return [];
  if (key === 'failure') return [['reason', messageOf(value)]];
  return key === 'details' ? [] : [[key, value.slice(0, MAX_CHARS)]];
}

/** Core writes a failure in Rust's debug format, with its payloads. Only the message is copied: it is ours or the SDK's. */
function messageOf(failure: string): string {
  return /message: "((?:[^"\\]|\\.)*)"/.exec(failure)?.[1]?.slice(0, MAX_CHARS) ?? 'unknown';
}
