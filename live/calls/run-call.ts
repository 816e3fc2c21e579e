import type { CallResult, Filler, Speech, ToolPolicy } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { turnedDown } from '../../turn/plan-calls.ts';
import { aborted } from '../../time/aborted.ts';
import { pause } from '../../time/clock.ts';
import { sayFillers, type Waiting } from '../speech/fillers.ts';
import { RunReplaced } from '../turns/claims.ts';
import { passGate } from './gate.ts';
import type { LiveTurn } from '../turns/live-turn.ts';
import { resultOfCall, roundOfCall } from './played-rounds.ts';
import { publishSettled, speechOfRound } from './reveal.ts';
import { callContent, type CallContent, type StepDependencies, type StepWork } from '../turns/step-work.ts';
import { toRun } from './to-run.ts';
import { runTool } from './tool-runner.ts';

/** How long the result of a write is waited for once the turn has run out of time. */
const LATE_RESULT_MS = 2_000;
const OUT_OF_TIME = 'The turn ran out of time while this was under way; it may have happened all the same';

export type Calling = Pick<StepDependencies, 'agent' | 'authors' | 'cache' | 'runOnThread'> & StepWork;
type CallInput = CallContent & { readonly step: string };

/**
 * One call from its gate to its result, with what is said meanwhile. It does not throw: what went wrong is its result.
 * The result is the turn's at once, and visible to clients when its round's speech has begun.
 */
export async function runCall(input: CallInput, calling: Calling): Promise<CallResult> {
  const { turn, signal } = calling;
  const ended = await settle(input, calling);
  if (signal.reason instanceof RunReplaced) return ended; // for nobody: another run says what the call came to
  turn.happened({ type: 'call_settled', call: input.step, result: ended });
  // A barge-in may have settled it before it came to its end.
  const settled = resultOfCall(turn.played, input.step) ?? ended;
  publishSettled({ call: input.step, name: input.name, settled }, calling);
  return settled;
}

async function settle(input: CallInput, calling: Calling): Promise<CallResult> {
  const { policy, step } = input;
  const { turn, publish, signal } = calling;
  try {
    await passGate(policy.start, speechOfRound(turn, step), signal);
    signal.throwIfAborted();
  } catch {
    return turnedDown({ kind: 'cancelled', message: 'The call was cancelled before it began' });
  }
  // I1: from the look at gate and cut to the tool nothing is awaited.
  turn.begin(step);
  const over = new AbortController();
  const round = roundOfCall(turn.played, step)?.round ?? 0;
  const until = AbortSignal.any([over.signal, turn.cutting, signal]);
  const filling = fill(input, calling, { aside: { round }, signal: until });
  const result = await (claimEarly(input, calling) ??
    Promise.race([runTools(input, calling), givenUp(over.signal, calling)]));
  over.abort();
  const spoken = [
    ...(await filling),
    ...(isFailure(result) && !signal.aborted ? sayFailure(policy, { turn, round, publish }) : []),
  ];
  const guide = result.ok ? undefined : policy.onFailure?.guide;
  return { ...result, ...(guide !== undefined && { guide }), ...(spoken.length > 0 && { spoken }) };
}

/**
 * A write that has begun is not stopped by the turn's deadline; its result counts if it comes while the apology may still be
 * said. Settles only where it does not.
 */
async function givenUp(over: AbortSignal, { turn, signal }: Calling): Promise<CallResult> {
  await Promise.race([aborted(signal), aborted(over)]);
  await pause(turn.clock, LATE_RESULT_MS, over);
  return { ...turnedDown({ kind: 'outcome_unknown', message: OUT_OF_TIME }), attempts: 1 };
}

/** Calls without fillers of their own share the agent's: however many of a round are open, it is one wait. */
function fill(
  { name, policy }: CallInput,
  { agent, turn, publish }: Calling,
  waiting: Pick<Waiting, 'aside' | 'signal'>,
): Promise<readonly Speech[]> {
  const isShared = agent.tools.find(name)?.usesAgentFillers === true;
  const takes = ({ afterMs }: Filler): boolean => !isShared || turn.takeFiller(waiting.aside.round, afterMs);
  return sayFillers(isShared ? agent.fillers : policy.fillers, { ...waiting, turn, publish, takes });
}

function isFailure({ ok, error }: CallResult): boolean {
  return !ok && error?.kind !== 'cancelled';
}

/** What was begun for this call while the model still wrote. */
function claimEarly(input: CallInput, { turn, signal }: Calling): Promise<CallResult> | undefined {
  const early = turn.early.find<CallResult>(input.step, callContent(input));
  if (!early) return undefined;
  turn.early.record(input.step);
  signal.addEventListener('abort', () => turn.early.cancel(input.step), { once: true });
  return early;
}

/** The tool, and, where it fails, its fallback. */
export async function runTools(input: CallInput, calling: Calling): Promise<CallResult> {
  const result = await runOne(input, calling);
  const fallback = input.policy.onFailure?.fallback;
  if (result.ok || !fallback || calling.signal.aborted) return result;
  const cheaper = await runTools({ ...input, ...fallback }, calling);
  return cheaper.ok ? { ...cheaper, source: 'fallback', ...(result.error && { fellBackFor: result.error }) } : result;
}

async function runOne(input: CallInput, calling: Calling): Promise<CallResult> {
  const { step, name, arguments: args, policy } = input;
  const { agent, authors, turn, cache, publish, signal } = calling;
  const tool = agent.tools.find(name);
  if (!tool)
    return turnedDown({ kind: 'unknown_tool', message: `This process has no tool '${name}'; was it renamed?` });
  const author = { tool: name, call: step, turn: turn.id, given: args };
  const onThrown = (thrown: unknown): void => turn.account.threw(step, thrown, args);
  const checked = authors.run(author, () => tool.checkArguments(args, onThrown));
  if (!checked.ok) return turnedDown(checked.error);
  const key = { agent: agent.name, tool: name, arguments: args };
  const kept = policy.cacheMs > 0 ? cache.get(key) : undefined;
  if (kept) return { ...kept, attempts: 0, durationMs: 0, source: 'cache' };
  const call = { call: step, name, arguments: args };
  const result = await runTool({
    run: toRun({ tool, args: checked.value, asked: args, policy, author, onThrown }, calling),
    policy,
    idempotencyKey: `${turn.id}/${step}`,
    clock: turn.clock,
    // I1: a write that has begun is never cancelled; until its gate has opened it has not.
    signal: policy.effect === 'write' ? NEVER : signal,
    onAttempt: (attempt) => publish({ type: 'tool.started', ...call, attempt }),
    onProgress: (note, attempt) => publish({ type: 'tool.progress', ...call, attempt, note }),
    onThrown,
  });
  const { ok, result: value, error, cut } = result;
  cache.keep(
    key,
    { ok, ...(value !== undefined && { result: value }), ...(error && { error }), ...(cut && { cut }) },
    policy.cacheMs,
  );
  return result;
}

const NEVER = new AbortController().signal;

interface Telling {
  readonly turn: LiveTurn;
  readonly round: number;
  readonly publish: (event: NewEvent) => void;
}

/** The author's own words for a failure: said at once, while the model is asked how to go on. */
function sayFailure({ onFailure }: ToolPolicy, { turn, round, publish }: Telling): readonly Speech[] {
  const phrases = onFailure?.say ?? [];
  const text = turn.phrases.choose(phrases) ?? phrases[0];
  if (text === undefined || turn.cut) return [];
  const { id, speech } = turn.voice.beginAside({ round }, publish);
  speech.say(text);
  speech.end('apology');
  return [{ speech: id, kind: 'apology', text, voiced: { heardText: text, durationMs: 0 } }];
}
