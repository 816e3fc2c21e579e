import type { EarlierRecord, TurnRecord } from '../contract/turn.ts';
import { toTurnStart } from './turn-start.ts';

/** A turn's record in the form of today, whatever process has answered it. */
export function toTurnRecord(told: TurnRecord | EarlierRecord): TurnRecord {
  if ('start' in told) return told;
  const { input, ...rest } = told;
  return { ...rest, start: toTurnStart(input) };
}
