import type { BegunWhere, CallResult } from '../contract/rounds.ts';
import { failedResult } from './plan-calls.ts';

const WHY: Record<BegunWhere, string> = {
  'in a lost process': 'The process that ran it was lost',
  'in an earlier run': 'A reset made this run, which leaves it to the earlier one',
};

/** What is known of a write that may have begun where it can no longer be asked for. */
export function maybeBegun(where: BegunWhere): CallResult {
  return outcomeUnknown(WHY[where]);
}

export function outcomeUnknown(why: string): CallResult {
  return { ...failedResult({ kind: 'outcome_unknown', message: `${why}; it may have happened` }), attempts: 1 };
}
