import { pino, type Logger } from 'pino';

/** Logs as JSON lines on the error output: the standard output belongs to what a command has to say. */
export function createLogger(): Logger {
  return pino({ level: 'info', base: null }, pino.destination({ dest: 2, sync: true }));
}
