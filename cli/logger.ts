import { styleText } from 'node:util';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from '../config.ts';
import { isError, withErrorFields } from '../worker/log/error-fields.ts';
import { type Paint, toLogLines } from './log-lines.ts';

export interface LoggerSetting {
  readonly level: LogLevel;
  /** `json` for machines, `lines` for people at a terminal. */
  readonly form: 'json' | 'lines';
  /** Default: the error output, as the standard output belongs to what a command has to say. */
  readonly to?: DestinationStream;
}

/** The log of a process. Errors are logged with type, message, stack and causes, under any key. */
export function createLogger({ level, form, to = pino.destination({ dest: 2, sync: true }) }: LoggerSetting): Logger {
  const destination = form === 'json' ? to : { write: (json: string) => to.write(toLogLines(json, paint)) };
  return pino({ level, base: null, formatters: { log: withErrors }, serializers: { err: asItIs } }, destination);
}

const paint: Paint = (style, text) => styleText(style, text, { stream: process.stderr });

/** In the place of pino's own, which takes over whatever hangs on an error. */
function asItIs(fields: unknown): unknown {
  return fields;
}

/** Most lines have no error, and are not copied. */
function withErrors(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.values(fields).some(isError) ? withErrorFields(fields) : fields;
}
