import type { EarlierRecord, RecordedState, TurnRecord } from '../contract/turn-record.ts';
import { isFaulty } from './call.ts';
import { fromRecordedRounds, toRecordedRounds } from './recorded-rounds.ts';
import { openCalls } from './rounds.ts';
import { toTurnStart } from './turn-start.ts';
import type { TurnState } from './turn-state.ts';

/** A turn's record in the form of today, whatever process has answered it. */
export function toTurnRecord(told: TurnRecord | EarlierRecord): TurnRecord {
  if ('state' in told) return told;
  const { input, rounds, ending, ...rest } = told;
  return { ...rest, start: toTurnStart(input), state: stateOf({ rounds, ending }) };
}

export function toRecordedState({ terms: _, ...state }: TurnState): RecordedState {
  return { ...state, rounds: toRecordedRounds(state.rounds) };
}

export function fromRecordedState(state: RecordedState): Omit<TurnState, 'terms'> {
  return { ...state, rounds: fromRecordedRounds(state.rounds) };
}

/** What can be known of a turn's state by its rounds. Its barge-ins cannot. */
function stateOf({ rounds: recorded, ending }: Pick<RecordedState, 'rounds' | 'ending'>): RecordedState {
  const rounds = fromRecordedRounds(recorded);
  const isThinking = !ending && openCalls({ rounds }).length === 0;
  return {
    rounds: recorded,
    thinking: isThinking ? rounds.length + 1 : undefined,
    faultyRounds: rounds.filter((round) => round.calls.some(isFaulty)).length,
    ending,
    failedStep: undefined,
    finished: false,
    bargeIn: undefined,
  };
}
