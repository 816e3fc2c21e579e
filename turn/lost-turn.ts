import { failedResult } from './plan-calls.ts';
import { withResults } from './rounds.ts';
import type { TurnState } from './turn-state.ts';

/** A turn whose record is gone: the results of its open calls will never be known. `begun`: calls that have passed their gate. */
export function withoutRecord(state: TurnState, begun: ReadonlySet<string>): TurnState {
  return withResults(state, (call) =>
    failedResult(
      begun.has(call.call) && call.policy?.effect === 'write'
        ? { kind: 'outcome_unknown', message: 'The turn was ended while this was under way; it may have happened' }
        : { kind: 'cancelled', message: 'The turn was ended before it was done' },
    ),
  );
}
