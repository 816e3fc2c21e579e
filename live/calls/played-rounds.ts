import type { CallResult, Round, Speech } from '../../contract/rounds.ts';
import type { TurnState } from '../../turn/turn-state.ts';

type Played = Pick<TurnState, 'rounds'>;

/** The round of a call, by the call's id. */
export function roundOfCall({ rounds }: Played, id: string): Round | undefined {
  return rounds.find((round) => round.calls.some((call) => call.call === id));
}

/** What a call came to. Undefined while it is open. */
export function resultOfCall(played: Played, id: string): CallResult | undefined {
  return roundOfCall(played, id)?.calls.find((call) => call.call === id)?.settled;
}

/** How preambles ended, of those that are over. */
export function endedPreambles({ rounds }: Played): readonly Pick<Speech, 'speech' | 'voiced'>[] {
  return rounds
    .flatMap((round) => round.speeches)
    .flatMap(({ speech, kind, voiced }) => (kind === 'preamble' && voiced ? [{ speech, voiced }] : []));
}
