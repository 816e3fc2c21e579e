import type { Call, CallResult, Round, Speech, Voiced } from '../contract/rounds.ts';
import type { Outcome } from '../contract/turn.ts';
import { planCalls, turnedDown } from './plan-calls.ts';
import { speechId, thinkStep, toolStep, voiceStep } from './step-ids.ts';
import { MAX_FAULTY_ROUNDS } from './turn-state.ts';
import type { Advance, TurnCommand, TurnHappening, TurnState } from './turn-state.ts';

/**
 * The rules of a turn, one score for every player: no clock, no I/O.
 *
 * 1. A round is one model call, then its speech and its tools side by side; when all its calls are settled, the next
 *    round begins. A round without calls is the last.
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

/** A turn's first state and command. */
export function beginTurn(terms: TurnState['terms']): Advance {
  const state: TurnState = {
    terms,
    rounds: [],
    thinking: undefined,
    faultyRounds: 0,
    ending: undefined,
    failedStep: undefined,
    finished: false,
  };
  return think(state, 1);
}

/** Whether a model call or a tool is under way: what the deadline counts. */
export function isWorking(state: TurnState): boolean {
  return !state.finished && !state.ending && (state.thinking !== undefined || openCalls(state).length > 0);
}

/** Whether the round's model call is told to do without tools. */
export function mustAnswer(state: TurnState, round: number): boolean {
  return round >= state.terms.maxRounds || state.faultyRounds >= MAX_FAULTY_ROUNDS;
}

type VoiceCommand = Extract<TurnCommand, { type: 'voice' }>;
type Thought = Extract<TurnHappening, { type: 'thought' }>;

function thought(state: TurnState, { round, text, calls: planned }: Thought): Advance {
  if (state.thinking !== round) return { state, commands: [] };
  const last = mustAnswer(state, round);
  const calls = state.ending ? [] : planCalls(round, planned, last);
  const speeches = toSpeeches(round, text, calls.length > 0 && !last ? 'preamble' : 'answer');
  const next: TurnState = {
    ...withRound(state, { round, speeches, calls }),
    thinking: undefined,
    faultyRounds: state.faultyRounds + (calls.some((call) => call.fault) ? 1 : 0),
  };
  const begun: TurnCommand[] = [...speeches.map(toVoiceCommand), ...toCallCommands(round, calls)];
  if (state.ending) return after(begun, settle(next));
  if (calls.length === 0 || last) {
    if (!wordless(next, round)) return after(begun, settle(ending(next, 'answered')));
    return after(begun, end({ ...next, failedStep: thinkStep(round) }, 'failed', round));
  }
  return after(begun, whenCallsAreSettled(next));
}

function thinkFailed(state: TurnState, { round, said }: Extract<TurnHappening, { type: 'think_failed' }>): Advance {
  if (state.thinking !== round) return { state, commands: [] };
  const speeches = toSpeeches(round, said, 'answer');
  const next = { ...withRound(state, { round, speeches, calls: [] }), thinking: undefined };
  const begun = speeches.map(toVoiceCommand);
  if (state.ending) return after(begun, settle(next));
  return after(begun, end({ ...next, failedStep: thinkStep(round) }, 'failed', round));
}

function voiced(state: TurnState, id: string, result: Voiced): Advance {
  const rounds = state.rounds.map((round) => ({
    ...round,
    speeches: round.speeches.map((speech) =>
      speech.speech === id && !speech.voiced ? { ...speech, voiced: result } : speech,
    ),
  }));
  return settle({ ...state, rounds });
}

function callSettled(state: TurnState, id: string, result: CallResult): Advance {
  const open = openCalls(state).some((call) => call.call === id);
  if (!open) return { state, commands: [] };
  return whenCallsAreSettled(withResults(state, (call) => (call.call === id ? result : undefined)));
}

function deadlinePassed(state: TurnState): Advance {
  if (state.ending) return { state, commands: [] };
  const round = state.thinking ?? state.rounds.length;
  return after(stopWork(state), end(abandonCalls(state, 'The turn ran out of time'), 'expired', round));
}

function cancelled(state: TurnState): Advance {
  const speaking = state.rounds.flatMap((round) => round.speeches.filter((speech) => !speech.voiced));
  const stopped = [...stopWork(state), ...speaking.map((speech) => cancel(toVoiceCommand(speech).step))];
  const outcome = state.ending === 'failed' || state.ending === 'expired' ? state.ending : 'interrupted';
  return after(stopped, settle({ ...abandonCalls(state, 'The turn was cancelled'), ending: outcome }));
}

/** Stops the model call and the reads that are under way. A write that has begun is left to end. */
function stopWork(state: TurnState): readonly TurnCommand[] {
  const thinking = state.thinking === undefined ? [] : [cancel(thinkStep(state.thinking))];
  const reads = openCalls(state).filter((call) => call.policy?.effect === 'read');
  return [...thinking, ...reads.map((call) => cancel(call.call))];
}

function abandonCalls(state: TurnState, why: string): TurnState {
  return withResults(state, (call) =>
    turnedDown(
      call.policy?.effect === 'write'
        ? { kind: 'outcome_unknown', message: `${why} while this was under way; it may have happened all the same` }
        : { kind: 'cancelled', message: why },
    ),
  );
}

/** The turn ends with its apology as the second speech of a round. */
function end(state: TurnState, outcome: Outcome, round: number): Advance {
  const apology: Speech = { speech: speechId(round, 2), kind: 'apology', text: state.terms.apology };
  const had = state.rounds.find((other) => other.round === round) ?? { round, speeches: [], calls: [] };
  const next = withRound(ending(state, outcome), { ...had, speeches: [...had.speeches, apology] });
  return { state: next, commands: [toVoiceCommand(apology)] };
}

function ending(state: TurnState, outcome: Outcome): TurnState {
  return { ...state, ending: state.ending ?? outcome };
}

function whenCallsAreSettled(state: TurnState): Advance {
  if (state.ending || openCalls(state).length > 0) return settle(state);
  return think(state, state.rounds.length + 1);
}

/** Finishes a turn that is ending once no model call and no speech is under way. */
function settle(state: TurnState): Advance {
  const speaking = state.rounds.some((round) => round.speeches.some((speech) => !speech.voiced));
  if (!state.ending || state.thinking !== undefined || speaking) return { state, commands: [] };
  return { state: { ...state, finished: true }, commands: [{ type: 'finish', outcome: state.ending }] };
}

function think(state: TurnState, round: number): Advance {
  const command = { type: 'think', step: thinkStep(round), round, mustAnswer: mustAnswer(state, round) } as const;
  return { state: { ...state, thinking: round }, commands: [command] };
}

function after(begun: readonly TurnCommand[], { state, commands }: Advance): Advance {
  return { state, commands: [...begun, ...commands] };
}

function openCalls(state: TurnState): readonly Call[] {
  return state.rounds.flatMap((round) => round.calls.filter((call) => !call.settled));
}

function withResults(state: TurnState, resultOf: (call: Call) => CallResult | undefined): TurnState {
  const settleCall = (call: Call): Call => {
    const settled = call.settled ?? resultOf(call);
    return settled ? { ...call, settled } : call;
  };
  return { ...state, rounds: state.rounds.map((round) => ({ ...round, calls: round.calls.map(settleCall) })) };
}

/** Adds a round, or to the round what is already there of it. */
function withRound(state: TurnState, round: Round): TurnState {
  const had = state.rounds.find((other) => other.round === round.round);
  if (!had) return { ...state, rounds: [...state.rounds, round] };
  const speeches = [...round.speeches, ...had.speeches.filter((old) => !round.speeches.includes(old))];
  return { ...state, rounds: state.rounds.map((other) => (other === had ? { ...round, speeches } : other)) };
}

function wordless(state: TurnState, round: number): boolean {
  return state.rounds.every((other) => other.round !== round || other.speeches.length === 0);
}

function toSpeeches(round: number, text: string, kind: 'preamble' | 'answer'): readonly Speech[] {
  return text.trim() === '' ? [] : [{ speech: speechId(round, 1), kind, text }];
}

function toVoiceCommand({ speech, kind, text }: Speech): VoiceCommand {
  const [round, place] = speech.split('-').map(Number);
  return { type: 'voice', step: voiceStep(round ?? 0, place === 2 ? 2 : 1), speech, kind, text };
}

function toCallCommands(round: number, calls: readonly Call[]): readonly TurnCommand[] {
  return calls.flatMap((call, index) =>
    call.settled || !call.policy
      ? []
      : [
          {
            type: 'call_tool',
            step: toolStep(round, index, call.name),
            call: { ...call, policy: call.policy },
          } as const,
        ],
  );
}

function cancel(step: string): TurnCommand {
  return { type: 'cancel', step };
}
