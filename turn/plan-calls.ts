import type { CallError } from '../contract/items.ts';
import type { Call, CallResult, PlannedCall } from '../contract/rounds.ts';
import { toolStep } from './step-ids.ts';
import { MAX_CALLS_PER_ROUND } from './turn-state.ts';

/** Gives a round's calls their ids and settles those that will not run: faults, calls beyond the limit, calls not asked for. */
export function planCalls(round: number, calls: readonly PlannedCall[], mustAnswer: boolean): readonly Call[] {
  return calls.map((planned, index) => {
    const call = { ...planned, call: toolStep(round, index, planned.name) };
    const error = mustAnswer
      ? NO_MORE_CALLS
      : index >= MAX_CALLS_PER_ROUND
        ? TOO_MANY_CALLS
        : (planned.fault ?? noPolicy(planned));
    return error ? { ...call, settled: turnedDown(error) } : call;
  });
}

/** Whatever `think` returns, a call that cannot run is settled: a turn never waits for it. */
function noPolicy({ name, policy }: PlannedCall): CallError | undefined {
  return policy ? undefined : { kind: 'unknown_tool', message: `Nothing is known of a tool '${name}'` };
}

/** A call that ends without having run to its end. */
export function turnedDown(error: CallError): CallResult {
  return { ok: false, error, attempts: 0, durationMs: 0 };
}

const NO_MORE_CALLS: CallError = {
  kind: 'rejected',
  message: 'No more tools can be used in this turn: answer with what is known',
};

const TOO_MANY_CALLS: CallError = {
  kind: 'rejected',
  message: `Only the first ${MAX_CALLS_PER_ROUND} calls of a round are run`,
};
