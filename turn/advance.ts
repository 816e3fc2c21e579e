import type { CallResult, Round, Speech, Voiced } from '../contract/rounds.ts';
import { apologise, cancelled, deadlinePassed, ending, finishIfOver } from './end-turn.ts';
import { planCalls } from './plan-calls.ts';
import { readyCalls } from './ready-calls.ts';
import { openCalls, withResults, withRound, withSpeech } from './rounds.ts';
import { speechId, thinkStep, toVoiceCommand } from './steps.ts';
import { MAX_FAULTY_ROUNDS } from './turn-state.ts';
import type { Advance, TurnCommand, TurnHappening, TurnState } from './turn-state.ts';

/**
 * The rules of a turn, one score for every player: no clock, no I/O.
 *
 * 1. A round is one model call, then its speech and its tools side by side. A call starts as soon as what it waits for is
 *    settled, and never waits for anything else; when all are settled, the next round begins. A round without calls is
 *    the last.
 * 2. Every call is settled exactly once; what comes for a settled call, or for a speech that has ended, changes nothing.
 * 3. Once the turn is ending, nothing begins but its apology; it is finished when its speech is over.
 * 4. It always ends: rounds are bounded, and in the last one calls are turned down.
 */
export function advance(state: TurnState, happening: TurnHappening): Advance {
  if (state.finished) return { state, commands: [] };
  switch (happening.type) {
    case 'thought':
      return thought(state, happening);
    case 'think_failed':
      return thinkFailed(state, happening);
    case 'voiced':
      return voiced(state, happening.speech, happening.voiced);
    case 'call_settled':
      return callSettled(state, happening.call, happening.result);
    case 'deadline_passed':
      return deadlinePassed(state);
    case 'cancelled':
      return cancelled(state);
  }
}

/** A turn's first state and command: a model call, or, where the caller has said nothing, the greeting. */
export function beginTurn(terms: TurnState['terms'], hasInput = true): Advance {
  const state: TurnState = {
    terms,
    rounds: [],
    thinking: undefined,
    faultyRounds: 0,
    ending: undefined,
    failedStep: undefined,
    finished: false,
  };
  return hasInput ? think(state, 1) : greet(state);
}

/** The state of a turn that somebody else has played so far; `rounds` is its record. */
export function resumeTurn(terms: TurnState['terms'], rounds: readonly Round[]): TurnState {
  const faultyRounds = rounds.filter((round) => round.calls.some((call) => call.fault)).length;
  const state = { ...beginTurn(terms).state, rounds, faultyRounds };
  return { ...state, thinking: openCalls(state).length === 0 ? rounds.length + 1 : undefined };
}

/** Whether a model call or a tool is under way: what the deadline counts. */
export function isWorking(state: TurnState): boolean {
  return !state.finished && !state.ending && (state.thinking !== undefined || openCalls(state).length > 0);
}

/** Whether the round's model call is told to do without tools. */
export function mustAnswer(state: TurnState, round: number): boolean {
  return round >= state.terms.maxRounds || state.faultyRounds >= MAX_FAULTY_ROUNDS;
}

type Thought = Extract<TurnHappening, { type: 'thought' }>;

function thought(state: TurnState, { round, text, calls: asked, toolbox = {} }: Thought): Advance {
  if (state.thinking !== round) return { state, commands: [] };
  const last = mustAnswer(state, round);
  const plan = { round, calls: asked, toolbox, mustAnswer: last, earlier: state.rounds };
  const calls = state.ending ? [] : planCalls(plan);
  const speeches = toSpeeches(round, text, calls.length > 0 && !last ? 'preamble' : 'answer');
  const next: TurnState = {
    ...withRound(state, { round, speeches, calls }),
    thinking: undefined,
    faultyRounds: state.faultyRounds + (calls.some((call) => call.fault) ? 1 : 0),
  };
  const begun = speeches.map(toVoiceCommand);
  if (state.ending) return after(begun, finishIfOver(next));
  if (calls.length > 0 && !last) return after(begun, goOn(next));
  if (speeches.length > 0) return after(begun, finishIfOver(ending(next, 'answered')));
  return after(begun, apologise({ ...next, failedStep: thinkStep(round) }, 'failed', round));
}

function thinkFailed(state: TurnState, { round, said }: Extract<TurnHappening, { type: 'think_failed' }>): Advance {
  if (state.thinking !== round) return { state, commands: [] };
  const speeches = toSpeeches(round, said, 'answer');
  const next = { ...withRound(state, { round, speeches, calls: [] }), thinking: undefined };
  const begun = speeches.map(toVoiceCommand);
  if (state.ending) return after(begun, finishIfOver(next));
  return after(begun, apologise({ ...next, failedStep: thinkStep(round) }, 'failed', round));
}

function voiced(state: TurnState, id: string, result: Voiced): Advance {
  return finishIfOver(withSpeech(state, id, (speech) => ({ voiced: result, ...speech })));
}

function callSettled(state: TurnState, id: string, result: CallResult): Advance {
  const open = openCalls(state).some((call) => call.call === id);
  if (!open) return { state, commands: [] };
  return goOn(withResults(state, (call) => (call.call === id ? result : undefined)));
}

/** Starts the calls that can start now, or the next round when all are settled. */
function goOn(state: TurnState): Advance {
  if (state.ending) return finishIfOver(state);
  const { rounds, ready } = readyCalls(state.rounds);
  const next = { ...state, rounds };
  if (openCalls(next).length === 0) return think(next, rounds.length + 1);
  return { state: next, commands: ready.map((call) => ({ type: 'call_tool', step: call.call, call })) };
}

function greet(state: TurnState): Advance {
  const speeches = toSpeeches(1, state.terms.greeting ?? '', 'answer');
  const next = ending(withRound(state, { round: 1, speeches, calls: [] }), 'answered');
  return after(speeches.map(toVoiceCommand), finishIfOver(next));
}

function think(state: TurnState, round: number): Advance {
  const command = { type: 'think', step: thinkStep(round), round, mustAnswer: mustAnswer(state, round) } as const;
  return { state: { ...state, thinking: round }, commands: [command] };
}

function after(begun: readonly TurnCommand[], { state, commands }: Advance): Advance {
  return { state, commands: [...begun, ...commands] };
}

function toSpeeches(round: number, text: string, kind: 'preamble' | 'answer'): readonly Speech[] {
  return text.trim() === '' ? [] : [{ speech: speechId(round, 1), kind, text }];
}
