import type { TurnLog } from '../stream/turn-log.ts';
import type { StreamedTurn } from '../stream/turn-stream.ts';

/** What is told of a turn beside its events. */
export interface TurnHeader extends StreamedTurn {
  readonly epoch: number;
  readonly home: string;
  /** Events up to this one are not complete: see `TurnLog`. */
  readonly lostSeq: number;
}

export function toHeader({ turn, epoch, lostSeq }: TurnLog, home: string): TurnHeader {
  const { id, conversationId, number } = turn;
  return { id, conversationId, number, epoch, home, lostSeq };
}

/** Throws where it is none. */
export function parseHeader(json: string): TurnHeader {
  return JSON.parse(json) as TurnHeader;
}
