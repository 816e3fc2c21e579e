import type { BargeIn } from '../contract/barge-in.ts';
import type { Speech, Voiced } from '../contract/rounds.ts';
import type { TurnInput } from '../contract/turn.ts';
import { underBargeIn, withBargeIn } from './barge-in.ts';
import { bytesLeft, fitResult } from './budget.ts';
import { type Call, isFaulty, type Round } from './call.ts';
import { apologise, deadlinePassed, ending, finishIfOver } from './end-turn.ts';
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
 * 2. Every call is settled exactly once; anything that arrives for a settled call, or for a speech that has ended, is ignored.
 *    Only of a write that the deadline found under way does the result still come, and it counts.
 * 3. Once the turn is ending, nothing begins but its apology; it is finished when its speech is over, and such writes are.
 * 4. It always ends: rounds are bounded, and in the last one calls are refused.
 * 5. Once the caller has spoken, only what the barge-in allows happens (`turn/barge-in.ts`).
 */
export function advance(state: TurnState, happening: TurnHappening): Advance {
  if (state.finished) return { state, commands: [] };
  return underBargeIn(follow(state, happening));
}

function follow(state: TurnState, happening: TurnHappening): Advance {
  switch (happening.type) {
    case 'thought':
      return thought(state, happening);
    case 'think_failed':
      return thinkFailed(state, happening);
    case 'voiced':
      return voiced(state, happening.speech, happening.voiced);
    case 'call_settled':
      return callSettled(state, happening);
    case 'deadline_passed':
      return deadlinePassed(state);
    case 'interrupted':
      return interrupt(state, happening.bargeIn);
  }
}

/** A turn's first state and command, by its input. */
export function beginTurn(terms: TurnState['terms'], input: TurnInput): Advance {
  const state = unbegunTurn(terms);
  switch (input.type) {
    case 'text':
      return think(state, 1);
    case 'greeting':
      return greet(state);
  }
}

/** The state of a turn of which nothing has begun. */
export function unbegunTurn(terms: TurnState['terms']): TurnState {
  return {
    terms,
    rounds: [],
    thinking: undefined,
    faultyRounds: 0,
    ending: undefined,
    failedStep: undefined,
    finished: false,
    bargeIn: undefined,
  };
}

/** Whether a model call or a tool is under way: what the deadline counts. */
export function isWorking(state: TurnState): boolean {
  return !state.finished && !state.ending && (state.thinking !== undefined || openCalls(state).length > 0);
}

/** Whether the round's model call gets no tools; also if the turn has no room left for their results. */
export function mustAnswer(state: TurnState, round: number): boolean {
  const isLast = round >= state.terms.maxRounds || state.faultyRounds >= MAX_FAULTY_ROUNDS;
  return isLast || bytesLeft(state.rounds) === 0;
}

type Thought = Extract<TurnHappening, { type: 'thought' }>;

function thought(state: TurnState, happening: Thought): Advance {
  const { round, text, spoken = [], bargeIn } = happening;
  if (isNews(state, bargeIn)) return interrupt(state, bargeIn);
  if (state.thinking !== round) return { state, commands: [] };
  const goesOn = !mustAnswer(state, round);
  const calls = takesCalls(state) ? plannedCalls(state, happening) : [];
  const speeches = toSpeeches(round, text, calls.length > 0 && goesOn ? 'preamble' : 'answer');
  const next: TurnState = {
    ...withRound(state, withState({ round, speeches: [...spoken, ...speeches], calls }, happening)),
    thinking: undefined,
    faultyRounds: state.faultyRounds + (calls.some(isFaulty) ? 1 : 0),
  };
  const begun = speeches.map(toVoiceCommand);
  if (calls.length > 0 && goesOn) return after(begun, goOn(next));
  if (state.ending) return after(begun, finishIfOver(next));
  if (speeches.length > 0) return after(begun, finishIfOver(ending(next, 'answered')));
  return after(begun, apologise({ ...next, failedStep: thinkStep(round) }, 'failed', round));
}

function withState(round: Round, { providerState }: Thought): Round {
  return providerState ? { ...round, providerState } : round;
}

function plannedCalls(state: TurnState, { round, calls, toolbox = {} }: Thought): readonly Call[] {
  return planCalls({ round, calls, toolbox, mustAnswer: mustAnswer(state, round), earlier: state.rounds });
}

type ThinkFailed = Extract<TurnHappening, { type: 'think_failed' }>;

function thinkFailed(state: TurnState, { round, said, spoken = [] }: ThinkFailed): Advance {
  if (state.thinking !== round) return { state, commands: [] };
  const speeches = toSpeeches(round, said, 'answer');
  const happened = { round, speeches: [...spoken, ...speeches], calls: [] };
  const next = { ...withRound(state, happened), thinking: undefined };
  const begun = speeches.map(toVoiceCommand);
  if (state.ending) return after(begun, finishIfOver(next));
  return after(begun, apologise({ ...next, failedStep: thinkStep(round) }, 'failed', round));
}

/** A turn that is nearly answered, and whose voice comes back cut, was interrupted, even before the interrupt itself arrives. */
function voiced(state: TurnState, id: string, result: Voiced): Advance {
  const next = withSpeech(state, id, (speech) => ({ voiced: result, ...speech }));
  const isLast = state.rounds.at(-1)?.speeches.some(({ speech }) => speech === id);
  const isInterrupted = result.interrupted && isLast && next.ending === 'answered';
  return finishIfOver(isInterrupted ? { ...next, ending: 'interrupted' } : next);
}

type CallSettled = Extract<TurnHappening, { type: 'call_settled' }>;

function callSettled(state: TurnState, { call: id, result, bargeIn }: CallSettled): Advance {
  if (isNews(state, bargeIn)) return interrupt(state, bargeIn);
  const open = openCalls(state).some((call) => call.call === id);
  if (!open) return { state, commands: [] };
  const settled = fitResult(state.rounds, id, result);
  return goOn(withResults(state, (call) => (call.call === id ? settled : undefined)));
}

/** Results that home already had still arrive here, and a call that blocks is still to be answered. */
function interrupt(state: TurnState, bargeIn: BargeIn): Advance {
  if (!isNews(state, bargeIn)) return { state, commands: [] };
  const { state: next, commands } = withBargeIn(state, bargeIn);
  const isAnswering = bargeIn.answers && next.ending !== undefined;
  if (next.thinking !== undefined || next.rounds.length === 0 || isAnswering) return { state: next, commands };
  return after(commands, goOn(next));
}

/** A step that was ended may tell of a barge-in that is known, or has been followed by another one. */
function isNews(state: TurnState, bargeIn: BargeIn | undefined): bargeIn is BargeIn {
  return bargeIn !== undefined && (state.bargeIn?.number ?? 0) < bargeIn.number;
}

/** Starts the calls that can start now, or the next round when all are settled. */
function goOn(state: TurnState): Advance {
  if (!takesCalls(state)) return finishIfOver(state);
  const { rounds, ready } = readyCalls(state.rounds);
  const next = { ...state, rounds };
  const isOver = openCalls(next).length === 0;
  // A turn that ran out of time asks for nothing more, even if a barge-in would let it answer.
  if (isOver) return state.ending === 'expired' ? finishIfOver(next) : think(next, rounds.length + 1);
  return { state: next, commands: ready.map((call) => ({ type: 'call_tool', step: call.call, call })) };
}

/** A turn that is ending begins nothing; what was done before the caller spoke lands all the same. */
function takesCalls({ ending: end, bargeIn }: TurnState): boolean {
  return !end || bargeIn !== undefined;
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
