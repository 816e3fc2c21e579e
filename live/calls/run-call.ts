import type { CallResult, Filler, Speech, ToolPolicy } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { maybeBegun } from '../../turn/maybe-begun.ts';
import { failedResult } from '../../turn/plan-calls.ts';
import { joinedTo, resultOfCall, roundOfCall } from '../../turn/rounds.ts';
import { placeOf, sayFillers, type Waiting } from '../speech/fillers.ts';
import { callContent, RunReplaced, type CallInput, type Calling, type CallingTurn } from './call-step.ts';
import { passGate, speechOfRound } from './gate.ts';
import { givenUp } from './late-result.ts';
import { revealResult } from './reveal.ts';
import { isFinal } from './run-tool.ts';
import { runWithFallback } from './run-with-fallback.ts';

/**
 * One call from its gate to its result, with what is said meanwhile. It does not throw: what went wrong is its result.
 * The result is the turn's at once, and visible to clients when its round's speech has begun.
 */
export async function runCall(input: CallInput, calling: Calling): Promise<CallResult> {
  const { turn, signal } = calling;
  const ended = await settle(input, calling);
  if (signal.reason instanceof RunReplaced) return ended; // its result is for nobody: another run settles the call
  turn.happened({ type: 'call_settled', call: input.step, result: ended });
  // A barge-in may have settled it before it ended.
  const settled = resultOfCall(turn.played, input.step) ?? ended;
  for (const call of [input.step, ...joinedTo(turn.played, input.step)]) {
    revealResult({ call, name: input.name }, settled, calling);
  }
  return settled;
}

async function settle(input: CallInput, calling: Calling): Promise<CallResult> {
  const { policy, step } = input;
  const { turn, publish, signal } = calling;
  try {
    await passGate(policy.start, speechOfRound(turn, step), signal);
    // A write is not begun by a process that may be home no longer.
    if (policy.effect === 'write') for (let doubt = turn.doubted; doubt; doubt = turn.doubted) await doubt;
    signal.throwIfAborted();
  } catch {
    // The caller has spoken: it is not begun here, and nobody asks whether it was elsewhere.
    if (input.mayHaveBegun) return maybeBegun(input.mayHaveBegun);
    return failedResult({ kind: 'cancelled', message: 'The call was cancelled before it began' });
  }
  // I1: from the look at gate and barge-in to the tool nothing is awaited.
  turn.begin(step);
  const over = new AbortController();
  const round = roundOfCall(turn.played, step)?.round ?? 0;
  const until = AbortSignal.any([over.signal, turn.nextBargeIn, signal]);
  const filling = fill(input, calling, { aside: { round }, signal: until });
  const result = await (claimEarly(input, calling) ??
    Promise.race([runWithFallback(input, calling), givenUp(over.signal, { ...calling, clock: turn.clock })]));
  over.abort();
  const said = isExcused(result) && !signal.aborted ? sayFailure(policy, { turn, round, publish }) : [];
  return withWords(result, policy, [...(await filling), ...said]);
}

/** What was said meanwhile, and what the model is to do about a failure. */
function withWords(result: CallResult, { onFailure }: ToolPolicy, spoken: readonly Speech[]): CallResult {
  const guide = result.ok || isFinal(result) ? undefined : onFailure?.guide;
  return { ...result, ...(guide !== undefined && { guide }), ...(spoken.length > 0 && { spoken }) };
}

/** Calls without fillers of their own share the agent's: however many of a round are open, it is one wait. */
function fill(
  { name, policy }: CallInput,
  { agent, turn, publish }: Calling,
  waiting: Pick<Waiting, 'aside' | 'signal'>,
): Promise<readonly Speech[]> {
  const isShared = agent.tools.find(name)?.usesAgentFillers === true;
  const takes = ({ afterMs }: Filler): boolean => !isShared || turn.fillers.take(waiting.aside.round, afterMs);
  return sayFillers(isShared ? agent.fillers : policy.fillers, { ...waiting, turn, publish, takes });
}

/** Whether the author's words for a failure are said. Nobody may tell the caller that a write failed which may have happened. */
function isExcused(result: CallResult): boolean {
  const kind = result.error?.kind;
  return !result.ok && kind !== 'cancelled' && kind !== 'outcome_unknown' && !isFinal(result);
}

/** What was begun for this call while the model still wrote. */
function claimEarly(input: CallInput, { turn, signal }: Calling): Promise<CallResult> | undefined {
  const early = turn.early.find<CallResult>(input.step, callContent(input));
  if (!early) return undefined;
  turn.early.record(input.step);
  signal.addEventListener('abort', () => turn.early.cancel(input.step), { once: true });
  return early;
}

interface Telling {
  readonly turn: CallingTurn;
  readonly round: number;
  readonly publish: (event: NewEvent) => void;
}

/** The author's own words for a failure: said at once, while the model is asked how to go on. */
function sayFailure({ onFailure }: ToolPolicy, { turn, round, publish }: Telling): readonly Speech[] {
  const phrases = onFailure?.say ?? [];
  const text = turn.phrases.choose(phrases, placeOf(turn, round)) ?? phrases[0];
  if (text === undefined || turn.bargeIn) return [];
  const { id, speech } = turn.voice.beginAside({ round }, publish);
  speech.say(text);
  speech.end('apology');
  return [{ speech: id, kind: 'apology', text, voiced: { heardText: text, durationMs: 0 } }];
}
