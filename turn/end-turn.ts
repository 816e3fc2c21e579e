import type { Call, Speech } from '../contract/rounds.ts';
import type { Outcome } from '../contract/turn.ts';
import { turnedDown } from './plan-calls.ts';
import { isSpeaking, lateCalls, openCalls, underWay, withResults, withRound } from './rounds.ts';
import { speechId, toVoiceCommand } from './steps.ts';
import type { Advance, TurnCommand, TurnState } from './turn-state.ts';

/** The turn waits only for what is being said. */
export function ending(state: TurnState, outcome: Outcome): TurnState {
  return { ...state, ending: state.ending ?? outcome };
}

/** The turn ends with its apology as the second speech of a round. */
export function apologise(state: TurnState, outcome: Outcome, round: number): Advance {
  const apology: Speech = { speech: speechId(round, 2), kind: 'apology', text: state.terms.apology };
  const had = state.rounds.find((other) => other.round === round) ?? { round, speeches: [], calls: [] };
  const next = withRound(ending(state, outcome), { ...had, speeches: [...had.speeches, apology] });
  return { state: next, commands: [toVoiceCommand(apology)] };
}

/** Finishes a turn that is ending once no model call, no call and no speech is under way. */
export function finishIfOver(state: TurnState): Advance {
  if (!state.ending || isBusy(state) || state.finished) return { state, commands: [] };
  return { state: { ...state, finished: true }, commands: [{ type: 'finish', outcome: state.ending }] };
}

/** Whether a model call, a call or a speech is under way. */
export function isBusy(state: TurnState): boolean {
  const calls = [...openCalls(state), ...lateCalls(state)];
  return state.thinking !== undefined || calls.length > 0 || isSpeaking(state);
}

/** The turn has no more time for its work: what is under way is asked to end, and the apology is said meanwhile. */
export function deadlinePassed(state: TurnState): Advance {
  if (state.ending) return { state, commands: [] };
  const round = state.thinking ?? state.rounds.length;
  const late = underWay(state);
  const [failedStep] = late;
  const { state: next, commands } = apologise({ ...abandonCalls(state), failedStep }, 'expired', round);
  return { state: next, commands: [...late.map(cancel), ...commands] };
}

/** Home alone knows whether a write that was to run has begun, and what it comes to: the turn waits for its answer. */
function abandonCalls(state: TurnState): TurnState {
  const rounds = state.rounds.map((round) => ({
    ...round,
    calls: round.calls.map((call) => (isUnderWay(call) ? { ...call, late: true as const, settled: UNKNOWN } : call)),
  }));
  return withResults({ ...state, rounds }, () => turnedDown({ kind: 'cancelled', message: WHY }));
}

function isUnderWay({ started, settled, policy }: Call): boolean {
  return started === true && !settled && policy?.effect === 'write';
}

const WHY = 'The turn ran out of time';
const UNKNOWN = turnedDown({
  kind: 'outcome_unknown',
  message: `${WHY} while this was under way; it may have happened all the same`,
});

function cancel(step: string): TurnCommand {
  return { type: 'cancel', step };
}
