import type { EarlierRecord, RecordedState, TurnRecord, TurnState } from '../contract/turn-record.ts';
import { openCalls } from './rounds.ts';
import { toTurnStart } from './turn-start.ts';

/** A turn's record in the form of today, whatever process has answered it. */
export function toTurnRecord(told: TurnRecord | EarlierRecord): TurnRecord {
  if ('state' in told) return told;
  const { input, rounds, ending, ...rest } = told;
  return { ...rest, start: toTurnStart(input), state: stateOf({ rounds, ending }) };
}

export function toRecordedState({ terms: _, ...state }: TurnState): RecordedState {
  return state;
}

/** What can be known of a turn's state by its rounds. Its barge-ins cannot. */
function stateOf({ rounds, ending }: Pick<RecordedState, 'rounds' | 'ending'>): RecordedState {
  const isThinking = !ending && openCalls({ rounds }).length === 0;
  return {
    rounds,
    thinking: isThinking ? rounds.length + 1 : undefined,
    faultyRounds: rounds.filter((round) => round.calls.some((call) => call.fault)).length,
    ending,
    failedStep: undefined,
    finished: false,
    bargeIn: undefined,
  };
}
