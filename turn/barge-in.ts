import type { BargeIn } from '../contract/barge-in.ts';
import type { Speech } from '../contract/rounds.ts';
import { type Call, isOpen, resultOf, settle, type Round } from './call.ts';
import { ending, finishIfOver, isBusy } from './end-turn.ts';
import { failedResult } from './plan-calls.ts';
import { askedArguments } from './ready-calls.ts';
import { inOrder, openCalls, underWay, withHeard } from './rounds.ts';
import { thinkStep } from './steps.ts';
import type { Advance, TurnCommand, TurnState } from './turn-state.ts';

/** What home sees at the instant of a barge-in, beside the state of the rules. */
export interface Seen {
  readonly id: string;
  /** Calls that have passed their gate. */
  readonly running: ReadonlySet<string>;
  /** All that was said until now, with what was heard of it. */
  readonly said: readonly Speech[];
}

/** What a barge-in does to the turn now: calls that have begun go on if their policy allows it. Undefined if nothing is left to interrupt. */
export function bargeInOf(state: TurnState, { id, running, said }: Seen): BargeIn | undefined {
  if (state.finished || state.ending === 'interrupted') return undefined;
  const calls = state.rounds.flatMap((round) => round.calls);
  const begun = calls.filter((call) => isOpen(call) && running.has(call.call) && mayGoOn(call));
  // What an earlier barge-in has cancelled, this one cancels too, for a record that does not have the earlier one.
  const settled = calls.filter((call) => !isOpen(call) && resultOf(call)?.error?.kind !== 'cancelled');
  return {
    id,
    number: (state.bargeIn?.number ?? 0) + 1,
    settled: [...state.rounds.map(({ round }) => thinkStep(round)), ...settled.map((call) => call.call)],
    begun: begun.map((call) => call.call),
    said,
    answers: !state.ending && begun.some((call) => call.policy?.onBargeIn === 'block'),
    ...(state.ending !== undefined && isLost(state) && { ending: state.ending }),
  };
}

/** A write that has begun is never cancelled. */
function mayGoOn({ policy }: Call): boolean {
  return policy?.effect === 'write' || policy?.onBargeIn !== 'cancel';
}

/** The caller has spoken. Home has decided the effect; the record takes it over and does not decide again. */
export function withBargeIn(state: TurnState, bargeIn: BargeIn): Advance {
  const end = isLost(state) ? state.ending : (bargeIn.ending ?? 'interrupted');
  const next = interruptRounds({ ...state, bargeIn, ending: bargeIn.answers ? state.ending : end }, bargeIn);
  const left = underWay(next);
  const stopped = underWay(state).filter((step) => !left.includes(step));
  return { state: next, commands: stopped.map((step) => ({ type: 'cancel', step })) };
}

/**
 * What the rules want, as far as a barge-in lets it happen (I7).
 *
 * 1. What home had seen end before the barge-in lands, even if it reaches the record later; calls that had begun and may go
 *    on are waited for. Every other call is cancelled, and nothing else begins.
 * 2. Of what was said, the record has what home says was heard; what home does not name was not heard.
 * 3. Then the turn ends, unless a call that blocks is still to be answered: what comes after that call is free again.
 *    If an account says so without such a call, the turn ends anyway.
 */
export function underBargeIn({ state, commands }: Advance): Advance {
  const { bargeIn } = state;
  if (!bargeIn) return { state, commands };
  const next = withLastWords({ ...interruptRounds(state, bargeIn), finished: false }, bargeIn);
  const allowed = commands.filter((command) => isAllowed(command, next));
  const { state: last, commands: ended } = finishIfOver(isBusy(next) ? next : ending(next, 'interrupted'));
  return { state: last, commands: [...allowed, ...ended] };
}

function interruptRounds(state: TurnState, bargeIn: BargeIn): TurnState {
  const rounds = state.rounds.map((round) => (concerns(bargeIn, round.round) ? interruptRound(round, bargeIn) : round));
  const thinking = state.thinking !== undefined && mayThink(bargeIn, state.thinking) ? state.thinking : undefined;
  return { ...state, rounds, thinking };
}

/** Whether a barge-in cancels a step: one that had not ended then does not go on, and one that comes later never begins. */
export function cancels(bargeIn: BargeIn, step: string): boolean {
  const [kind, round] = step.split(':');
  if (kind === 'think') return !mayThink(bargeIn, Number(round));
  return kind === 'tool' && concerns(bargeIn, Number(round)) && !isSpared(bargeIn, step);
}

function interruptRound(round: Round, bargeIn: BargeIn): Round {
  const calls = round.calls.map((call) => (isOver(call) || isSpared(bargeIn, call.call) ? call : cancelled(call)));
  const { speeches } = withHeard(round, bargeIn.said);
  return { ...round, calls, speeches: speeches.map((speech) => ({ ...speech, voiced: speech.voiced ?? UNHEARD })) };
}

/** Settled, and it stays so. `skipped` and `cancelled` do not count: whether the record saw those before the barge-in depends on timing. */
function isOver(call: Call): boolean {
  const kind = resultOf(call)?.error?.kind;
  return !isOpen(call) && kind !== 'skipped' && kind !== 'cancelled';
}

/** With the model's own arguments: home and record may differ in whether inputs were filled in by then. */
function cancelled(call: Call): Call {
  return settle({ ...call, arguments: askedArguments(call) }, CANCELLED);
}

/** The words of a round that was interrupted while the model still wrote them. */
function withLastWords(state: TurnState, { said }: BargeIn): TurnState {
  const round = state.rounds.length + 1;
  const words = ofRound(said, round);
  if (state.thinking !== undefined || openCalls(state).length > 0 || words.length === 0) return state;
  return { ...state, rounds: [...state.rounds, { round, speeches: inOrder(words), calls: [] }] };
}

function isAllowed(command: TurnCommand, { thinking, rounds }: TurnState): boolean {
  const calls = rounds.flatMap((round) => round.calls);
  if (command.type === 'think') return thinking === command.round;
  if (command.type === 'call_tool') return calls.some((call) => call.call === command.step && isOpen(call));
  if (command.type === 'voice') return rounds.some(({ speeches }) => isUnderWay(speeches, command.speech));
  return command.type !== 'finish';
}

function isUnderWay(speeches: readonly Speech[], id: string): boolean {
  return speeches.some((speech) => speech.speech === id && !speech.voiced);
}

/** What comes after a call that blocks was not there when the caller spoke. */
function concerns(bargeIn: BargeIn, round: number): boolean {
  return !bargeIn.answers || bargeIn.settled.includes(thinkStep(round));
}

function mayThink(bargeIn: BargeIn, round: number): boolean {
  return bargeIn.answers || bargeIn.settled.includes(thinkStep(round));
}

function isSpared({ settled, begun }: BargeIn, call: string): boolean {
  return settled.includes(call) || begun.includes(call);
}

function ofRound(said: readonly Speech[], round: number): readonly Speech[] {
  return said.filter(({ speech }) => speech.startsWith(`${round}-`));
}

/** It failed or ran out of time before: a barge-in on its apology does not change its outcome. */
function isLost({ ending }: TurnState): boolean {
  return ending === 'failed' || ending === 'expired';
}

const UNHEARD = { heardText: '', durationMs: 0, interrupted: true } as const;
const CANCELLED = failedResult({ kind: 'cancelled', message: 'The caller spoke before it was done' });
