import type { Logger } from 'pino';
import type { LoggedLine, OnLogged } from '../../live/calls/tool-log.ts';
import { withErrorFields } from './error-fields.ts';

/** A line of a tool's log in the log of the process: the names are those of other lines, and the tool's own fields stand apart. */
export interface ToolLine {
  readonly turn: string;
  readonly conversation: string;
  readonly call: string;
  readonly tool: string;
  readonly fields?: LoggedLine['fields'];
}

/** Writes what tools log. What they write is their author's choice: nothing is hidden. */
export function createToolLines(logger: Logger): OnLogged {
  return ({ level, text, fields, turnId, conversationId, callId, tool }) => {
    const shown = withErrorFields(fields);
    const by = { turn: turnId, conversation: conversationId, call: callId, tool };
    const line: ToolLine = { ...by, ...(Object.keys(shown).length > 0 && { fields: shown }) };
    logger[level](line, text);
  };
}
