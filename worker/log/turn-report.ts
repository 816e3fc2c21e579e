import type { Logger } from 'pino';
import type { EndedTurn, Trouble } from '../../live/turns/turn-account.ts';
import { type ErrorFields, toErrorFields } from './error-fields.ts';
import { createHiding } from './hidden-words.ts';

/** The line of a finished turn in the log. */
export interface TurnReport extends Pick<
  EndedTurn,
  'outcome' | 'reason' | 'durationMs' | 'firstAudioMs' | 'firstWordsMs' | 'degraded' | 'steps'
> {
  readonly turn: string;
  readonly conversation: string;
  readonly number: number;
  readonly troubles: readonly ReportedTrouble[];
  /** Its page in Temporal UI. */
  readonly url?: string;
}

export interface ReportedTrouble extends Pick<Trouble, 'step' | 'kind'> {
  readonly message?: string;
  readonly err?: ErrorFields;
}

export const TURN_ENDED = 'A turn ended';

export interface ReportSetting {
  readonly logger: Logger;
  readonly namespace: string;
  /** Base of Temporal UI, where one is known. */
  readonly temporalUiUrl?: string | undefined;
}

/** Logs each finished turn, without its words and the arguments of its calls. */
export function createTurnReport({ logger, namespace, temporalUiUrl }: ReportSetting): (turn: EndedTurn) => void {
  const ui = temporalUiUrl?.replace(/\/$/, '');
  return ({ id, conversationId, words, given, secrets, troubles, reason, ...turn }) => {
    const hide = createHiding({ items: words, arguments: given, secrets });
    const url = ui === undefined ? {} : { url: `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}` };
    const report: TurnReport = {
      ...{ turn: id, conversation: conversationId, ...turn },
      ...(reason !== undefined && { reason: hide(reason) }),
      troubles: troubles.map((trouble) => toReported(trouble, hide)),
      ...url,
    };
    const isBad = troubles.length > 0 || reason !== undefined || turn.outcome === 'failed';
    logger[isBad ? 'warn' : 'info'](report, TURN_ENDED);
  };
}

function toReported({ step, kind, message, thrown }: Trouble, hide: (text: string) => string): ReportedTrouble {
  return {
    step,
    ...(kind !== undefined && { kind }),
    ...(message !== undefined && { message: hide(message) }),
    ...(thrown !== undefined && { err: toErrorFields(thrown, hide) }),
  };
}
