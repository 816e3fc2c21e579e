import type { Checked, ServedCall, ToolContext, ToolLog, TurnMetadata } from '../../agent/agent.ts';
import { isToolError } from '../../contract/tool-error.ts';
import type { CallError, Json } from '../../contract/items.ts';
import type { CallResult, ToolPolicy } from '../../contract/rounds.ts';
import { toCallResult } from './call-result.ts';
import { pause, type Clock } from '../../time/clock.ts';
import { afterArrivals } from '../../time/silence.ts';

/** What one attempt is told, whatever tool it runs. */
export type AttemptContext = Omit<ToolContext, 'metadata'>;

/** One attempt at a call, wherever it runs: on this thread or on another one. Rejects with what the tool threw. */
export type RunTool = (context: AttemptContext) => Promise<Checked<unknown>>;

export interface ToolRun {
  readonly run: RunTool;
  readonly policy: ToolPolicy;
  /** Its secret values are hidden in what the tool returns, throws and reports. */
  readonly metadata: Pick<TurnMetadata, 'hideIn' | 'hideInJson'>;
  readonly served: ServedCall;
  readonly log: ToolLog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onAttempt: (attempt: number) => void;
  readonly onProgress: (note: string, attempt: number) => void;
  /** The tool threw, while its attempt was not over yet. */
  readonly onThrown: (thrown: unknown) => void;
}

export type Attempt = Pick<CallResult, 'ok' | 'result' | 'error' | 'cut'>;

/**
 * Runs one call to its end: attempts with a time limit each, waits between them, one budget over all. Timers are this
 * process's, so they are accurate. A tool that ignores its signal is left behind; its late result is nobody's.
 */
export async function runTool(run: ToolRun): Promise<CallResult> {
  const { clock } = run;
  const startedMs = clock.nowMs();
  const endsMs = startedMs + run.policy.budgetMs;
  let unknown: Attempt | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const last = await runAttempt(run, attempt, Math.min(run.policy.timeoutMs, endsMs - clock.nowMs()));
    if (last.error?.kind === 'outcome_unknown') unknown ??= last;
    // Whatever a later attempt says of itself, the one before it may have happened.
    const outcome = last.ok ? last : (unknown ?? last);
    const delayMs = run.policy.firstDelayMs * 2 ** (attempt - 1);
    const again =
      !isFinal(last) && isWorthAnother(outcome.error) && attempt < run.policy.attempts && !run.signal.aborted;
    if (!again || clock.nowMs() + delayMs >= endsMs) {
      return { ...outcome, attempts: attempt, durationMs: Math.round(clock.nowMs() - startedMs) };
    }
    await pause(clock, delayMs, run.signal); // an abort shows in the next attempt
  }
}

async function runAttempt(run: ToolRun, attempt: number, limitMs: number): Promise<Attempt> {
  if (run.signal.aborted) return { ok: false, error: CANCELLED };
  const stop = new AbortController();
  const ended = Promise.withResolvers<Attempt>();
  const end = (error: CallError): void => {
    ended.resolve({ ok: false, error });
    stop.abort(new Error(error.message));
  };
  const onCancel = (): void => end(endedEarly(run, CANCELLED));
  const onLate = (): void => end(endedEarly(run, timedOut(limitMs)));
  const stopTimer = afterArrivals(run.clock, Math.max(0, limitMs), onLate);
  run.signal.addEventListener('abort', onCancel, { once: true });
  try {
    run.onAttempt(attempt);
    return await Promise.race([ended.promise, callTool(run, attempt, stop.signal)]);
  } finally {
    stopTimer();
    run.signal.removeEventListener('abort', onCancel);
  }
}

async function callTool(run: ToolRun, attempt: number, signal: AbortSignal): Promise<Attempt> {
  const { served, log, metadata } = run;
  const progress = (note: string): void => {
    if (!signal.aborted) run.onProgress(metadata.hideIn(String(note)).slice(0, 500), attempt);
  };
  try {
    const checked = await run.run({ ...served, signal, attempt, progress, log });
    if (checked.ok) return toCallResult(metadata.hideInJson(checked.value as Json));
    return { ok: false, error: { ...checked.error, message: hiddenText(checked.error.message, metadata) } };
  } catch (thrown) {
    if (!signal.aborted) run.onThrown(thrown);
    const kind = isToolError(thrown) ? 'rejected' : 'failed';
    return { ok: false, error: { kind, message: messageOf(thrown, metadata) } };
  }
}

/** A write that was ended early may have happened: nobody may say that it failed. */
function endedEarly({ policy }: ToolRun, error: CallError): CallError {
  if (policy.effect === 'read') return error;
  return { kind: 'outcome_unknown', message: `${error.message}; it may have happened anyway` };
}

/** A write has further attempts only if it is idempotent: then it may run again although its outcome is unknown. */
function isWorthAnother(error: CallError | undefined): boolean {
  return error?.kind === 'failed' || error?.kind === 'timed_out' || error?.kind === 'outcome_unknown';
}

const CANCELLED: CallError = { kind: 'cancelled', message: 'The call was cancelled' };

function timedOut(limitMs: number): CallError {
  return { kind: 'timed_out', message: `There was no answer within ${Math.round(limitMs)} ms` };
}

/** The tool itself has said that nothing else may be tried: it threw a `ToolError`. */
export function isFinal({ error }: Pick<Attempt, 'error'>): boolean {
  return error?.kind === 'rejected';
}

function messageOf(thrown: unknown, metadata: ToolRun['metadata']): string {
  return hiddenText(thrown instanceof Error ? thrown.message : String(thrown), metadata);
}

function hiddenText(text: string, { hideIn }: ToolRun['metadata']): string {
  return hideIn(text).slice(0, 1000) || 'The tool failed without a message';
}
