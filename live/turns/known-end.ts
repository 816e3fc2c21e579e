import type { Outcome } from '../../contract/turn.ts';
import { digestOf, endsWithItsAnswer, toldOf, type Told } from '../../turn/turn-end.ts';
import type { LiveTurn } from './live-turn.ts';

export interface KnownEnd extends Told {
  readonly outcome: Outcome;
  /** In ISO 8601. */
  readonly startedAt: string;
  /** By which the record knows what was told. */
  readonly digest: string;
}

/** How a turn ended that is over with its last speech. Undefined where there is more to come, or the turn began elsewhere. */
export function knownEnd({ epoch, played, boundAt, input }: LiveTurn): KnownEnd | undefined {
  const { ending: outcome } = played;
  if (!outcome || !boundAt || epoch > 0 || !endsWithItsAnswer(played)) return undefined;
  const told = toldOf(played, input.text);
  return { outcome, startedAt: boundAt, ...told, digest: digestOf(outcome, told) };
}
