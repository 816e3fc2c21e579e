import type { Speech } from '../contract/rounds.ts';
import type { Outcome } from '../contract/turn.ts';
import { isStarted } from './call.ts';
import { failedResult } from './plan-calls.ts';
import { isSpeaking, openCalls, underWay, withResults, withRound } from './rounds.ts';
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
  return state.thinking !== undefined || openCalls(state).length > 0 || isSpeaking(state);
}

/** The turn has no more time for its work: what is under way is stopped, and the apology is said meanwhile. */
export function deadlinePassed(state: TurnState): Advance {
  if (state.ending) return { state, commands: [] };
  const round = state.thinking ?? state.rounds.length;
  const late = underWay(state);
  const [failedStep] = late;
  const { state: next, commands } = apologise({ ...abandonCalls(state), failedStep }, 'expired', round);
  return { state: next, commands: [...late.map(cancel), ...commands] };
}

/** A write that was started stays open: only home knows whether it waits at its gate or runs, and how it ends. */
function abandonCalls(state: TurnState): TurnState {
  return withResults(state, (call) => {
    if (isStarted(call) && call.policy.effect === 'write') return undefined;
    return failedResult({ kind: 'cancelled', message: 'The turn ran out of time' });
  });
}

function cancel(step: string): TurnCommand {
  return { type: 'cancel', step };
}
