import { types } from 'node:util';
import type { ServedCall, ToolLog, WriteLog } from '../../agent/agent.ts';

/** One line of a tool's log. */
export interface LoggedLine extends Pick<ServedCall, 'conversationId' | 'turnId' | 'callId'> {
  readonly level: keyof ToolLog;
  readonly text: string;
  /** Of an Error that was logged: `err`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The tool's name: of a fallback its own. */
  readonly tool: string;
}

export type OnLogged = (line: LoggedLine) => void;

/** The log of one call, whose lines go to `onLogged`. */
export function createToolLog(
  { conversationId, turnId, callId }: ServedCall,
  tool: string,
  onLogged: OnLogged,
): ToolLog {
  const by = { conversationId, turnId, callId, tool };
  return toToolLog((level, text, fields) => onLogged({ level, text: String(text), fields: toFields(fields), ...by }));
}

/** The four levels of a log, as one function writes them. */
export function toToolLog(write: (level: keyof ToolLog, ...line: Parameters<WriteLog>) => void): ToolLog {
  return {
    debug: (...line) => write('debug', ...line),
    info: (...line) => write('info', ...line),
    warn: (...line) => write('warn', ...line),
    error: (...line) => write('error', ...line),
  };
}

/** As they are now: the tool may change them later. */
function toFields(fields: unknown): LoggedLine['fields'] {
  if (fields instanceof Error || types.isNativeError(fields)) return { err: fields };
  return typeof fields === 'object' ? { ...fields } : {};
}
