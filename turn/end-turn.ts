import type { Speech } from '../contract/rounds.ts';
import type { Outcome } from '../contract/turn.ts';
import { turnedDown } from './plan-calls.ts';
import { isSpeaking, openCalls, withResults, withRound } from './rounds.ts';
import { speechId, thinkStep, toVoiceCommand } from './steps.ts';
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

export function deadlinePassed(state: TurnState): Advance {
  if (state.ending) return { state, commands: [] };
  const round = state.thinking ?? state.rounds.length;
  const { state: next, commands } = apologise(abandonCalls(state), 'expired', round);
  return { state: next, commands: [...stopWork(state), ...commands] };
}

/** Stops the model call and the calls that are under way; a write that has begun takes no notice, one at its gate does. */
function stopWork(state: TurnState): readonly TurnCommand[] {
  const thinking = state.thinking === undefined ? [] : [cancel(thinkStep(state.thinking))];
  const calls = openCalls(state).filter((call) => call.started);
  return [...thinking, ...calls.map((call) => cancel(call.call))];
}

function abandonCalls(state: TurnState): TurnState {
  const why = 'The turn ran out of time';
  return withResults(state, (call) =>
    turnedDown(
      call.started && call.policy?.effect === 'write'
        ? { kind: 'outcome_unknown', message: `${why} while this was under way; it may have happened all the same` }
        : { kind: 'cancelled', message: why },
    ),
  );
}

function cancel(step: string): TurnCommand {
  return { type: 'cancel', step };
}
