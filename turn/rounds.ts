import type { CallResult, Speech } from '../contract/rounds.ts';
import { type Call, isOpen, isStarted, resultOf, type Round, settle } from './call.ts';
import { isBeforeWords, placeOf, thinkStep, toVoiceCommand } from './steps.ts';
import type { TurnState } from './turn-state.ts';

/** Calls that are not settled yet, whether they run or wait for others. */
export function openCalls({ rounds }: Pick<TurnState, 'rounds'>): readonly Call[] {
  return rounds.flatMap((round) => round.calls.filter(isOpen));
}

/** The round of a call, by the call's id. */
export function roundOfCall({ rounds }: Pick<TurnState, 'rounds'>, id: string): Round | undefined {
  return rounds.find((round) => round.calls.some((call) => call.call === id));
}

/** How a call was settled. Undefined while it is open. */
export function resultOfCall(state: Pick<TurnState, 'rounds'>, id: string): CallResult | undefined {
  const found = roundOfCall(state, id)?.calls.find((call) => call.call === id);
  return found && resultOf(found);
}

/** The calls that have the result of this one. */
export function joinedTo(state: Pick<TurnState, 'rounds'>, id: string): readonly string[] {
  const joined = roundOfCall(state, id)?.calls.filter((call) => call.joined === id) ?? [];
  return joined.map((call) => call.call);
}

/** How preambles ended, of those that are over. */
export function endedPreambles({ rounds }: Pick<TurnState, 'rounds'>): readonly Pick<Speech, 'speech' | 'voiced'>[] {
  return rounds
    .flatMap((round) => round.speeches)
    .flatMap(({ speech, kind, voiced }) => (kind === 'preamble' && voiced ? [{ speech, voiced }] : []));
}

/** The model call and the tool calls that were commanded and have not ended. */
export function underWay(state: Pick<TurnState, 'rounds' | 'thinking'>): readonly string[] {
  const thinking = state.thinking === undefined ? [] : [thinkStep(state.thinking)];
  return [...thinking, ...openCalls(state).flatMap((call) => (isStarted(call) ? [call.call] : []))];
}

/** The steps that the rules have commanded and that have not ended. */
export function openSteps(state: Pick<TurnState, 'rounds' | 'thinking'>): readonly string[] {
  const speeches = state.rounds
    .flatMap((round) => round.speeches)
    .filter(({ voiced, kind }) => !voiced && kind !== 'preamble');
  return [...underWay(state), ...speeches.map((speech) => toVoiceCommand(speech).step)];
}

export function isSpeaking({ rounds }: TurnState): boolean {
  return rounds.some((round) => round.speeches.some((speech) => !speech.voiced));
}

/** Settles open calls; what was said meanwhile joins the speeches of their round. */
export function withResults(state: TurnState, newResult: (call: Call) => CallResult | undefined): TurnState {
  const rounds = state.rounds.map((round) => {
    const spoken: Speech[] = [];
    const calls = round.calls.map((call) => {
      const result = isOpen(call) ? newResult(call) : undefined;
      if (!result) return call;
      spoken.push(...(result.spoken ?? []));
      return settle(call, result);
    });
    return withSpeeches({ ...round, calls }, spoken);
  });
  return { ...state, rounds };
}

/** Adds a round, or to the round what is already there of it. */
export function withRound(state: TurnState, round: Round): TurnState {
  const had = state.rounds.find((other) => other.round === round.round);
  if (!had) return { ...state, rounds: [...state.rounds, round] };
  const speeches = inOrder([...round.speeches, ...had.speeches.filter((old) => !round.speeches.includes(old))]);
  return { ...state, rounds: state.rounds.map((other) => (other === had ? { ...round, speeches } : other)) };
}

export function withSpeech(state: TurnState, id: string, change: (speech: Speech) => Speech): TurnState {
  const rounds = state.rounds.map((round) => ({
    ...round,
    speeches: round.speeches.map((speech) => (speech.speech === id ? change(speech) : speech)),
  }));
  return { ...state, rounds };
}

/** Adds speeches to a round; those it has already stay as they are. */
export function withSpeeches(round: Round, more: readonly Speech[]): Round {
  const fresh = more.filter(({ speech }) => round.speeches.every((had) => had.speech !== speech));
  return fresh.length === 0 ? round : { ...round, speeches: inOrder([...round.speeches, ...fresh]) };
}

/** What home tells of the speeches of a round: what was heard of each, and those that the round does not have yet. */
export function withHeard(round: Round, said: readonly Speech[]): Round {
  const ofRound = said.filter(({ speech }) => speech.startsWith(`${round.round}-`));
  const speeches = round.speeches.map((speech) => {
    const voiced = ofRound.find((other) => other.speech === speech.speech)?.voiced ?? speech.voiced;
    return voiced ? { ...speech, voiced } : speech;
  });
  return withSpeeches({ ...round, speeches }, ofRound);
}

/** What was said before a round's own words, those, its apology, then what was said while its calls were open. */
export function inOrder(speeches: readonly Speech[]): readonly Speech[] {
  const byPlace = speeches.toSorted((one, other) => placeOf(one.speech) - placeOf(other.speech));
  return [...byPlace.filter(isBeforeWords), ...byPlace.filter((speech) => !isBeforeWords(speech))];
}
