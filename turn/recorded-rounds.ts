import type { RecordedCall, RecordedRound } from '../contract/rounds.ts';
import type { Call, CallState, Round } from './call.ts';
import { failedResult } from './plan-calls.ts';

/** Rounds as they stand in a turn's record, where a process of another release may read them. */
export function toRecordedRounds(rounds: readonly Round[]): readonly RecordedRound[] {
  return rounds.map((round) => ({ ...round, calls: round.calls.map(toRecordedCall) }));
}

/** Rounds of a turn's record, of whatever release. */
export function fromRecordedRounds(rounds: readonly RecordedRound[]): readonly Round[] {
  return rounds.map((round) => ({ ...round, calls: round.calls.map(fromRecordedCall) }));
}

export function toRecordedCall(call: Call): RecordedCall {
  if (call.fault) {
    const { state, ...plan } = call;
    return { ...plan, ...toFields(state) };
  }
  const { state, waitsFor, inputs, ...plan } = call;
  return {
    ...plan,
    ...(waitsFor.length > 0 && { waitsFor }),
    ...(Object.keys(inputs).length > 0 && { inputs }),
    ...toFields(state),
  };
}

function fromRecordedCall(recorded: RecordedCall): Call {
  const { started = false, settled, waitsFor = [], inputs = {}, policy, fault, joined, ...asked } = recorded;
  if (policy && !fault) return { ...asked, policy, waitsFor, inputs, state: toState(started, settled) };
  const { call, name, arguments: args } = asked;
  const why = fault ?? settled?.error ?? { kind: 'unknown_tool', message: `There is no tool '${name}'` };
  const result = settled ?? failedResult(why);
  const joins = joined === undefined ? {} : { joined };
  return { call, name, arguments: args, fault: why, ...joins, state: { is: 'settled', result, wasStarted: started } };
}

function toFields(state: CallState): Pick<RecordedCall, 'started' | 'settled'> {
  if (state.is === 'waiting') return {};
  if (state.is === 'started') return { started: true };
  return { ...(state.wasStarted && { started: true }), settled: state.result };
}

function toState(started: boolean, settled: RecordedCall['settled']): CallState {
  if (settled) return { is: 'settled', result: settled, wasStarted: started };
  return { is: started ? 'started' : 'waiting' };
}
