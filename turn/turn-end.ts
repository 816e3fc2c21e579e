import type { Item } from '../contract/items.ts';
import type { Outcome, TurnInput } from '../contract/turn.ts';
import { TURN_LIMIT_BYTES } from './budget.ts';
import { isBeforeWords } from './steps.ts';
import { transcript } from './transcript.ts';
import type { TurnState } from './turn-state.ts';
import { withinBytes } from './within-bytes.ts';

/** What a turn has said and done, as it is reported to its conversation and its readers. */
export interface TurnSummary {
  /** Some speech could not be synthesised and went out as text only. */
  readonly degraded: boolean;
  readonly items: Item[];
}

export function summaryOf({ rounds }: Pick<TurnState, 'rounds'>, input: TurnInput): TurnSummary {
  const degraded = rounds.some((round) => round.speeches.some((speech) => speech.voiced?.degraded));
  return { degraded, items: withinBytes([...transcript(input, rounds)], TURN_LIMIT_BYTES) };
}

/**
 * Whether home may report the turn's end as soon as its last speech has ended: it ends as its rules foresaw, with one speech
 * that everything before it was recorded for. What was said while the model was asked came with what the model said.
 */
export function endsWithItsAnswer({ finished, bargeIn, ending, rounds }: TurnState): boolean {
  const last = rounds.at(-1);
  const words = last?.speeches.filter((speech) => !isBeforeWords(speech));
  const isOnlySpeech = last?.calls.length === 0 && words?.length === 1;
  return finished && !bargeIn && ending !== 'interrupted' && isOnlySpeech;
}

/**
 * Tells the record whether home has reported the same as the record has: 32 bits of FNV-1a over the report. What items of
 * earlier versions did not have is left out: the source of a result, and whether a speech was degraded.
 */
export function digestOf(outcome: Outcome, { degraded, items }: TurnSummary): string {
  const told = items.map((item) => ({ ...item, source: undefined, degraded: undefined }));
  const text = JSON.stringify([outcome, degraded, told]);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
