import { isToolError } from '../../contract/tool-error.ts';
import type { CallError, Json } from '../../contract/items.ts';
import type { CallResult } from '../../contract/rounds.ts';
import { pause } from '../../time/clock.ts';
import { maybeBegun } from '../../turn/maybe-begun.ts';
import { CANCELLED, withinLimit } from './attempt-limit.ts';
import { toCallResult } from './call-result.ts';
import { reconcile } from './reconcile.ts';
import type { Attempt, ToolRun } from './tool-run.ts';

/**
 * Runs one call to its end: attempts with a time limit each, waits between them, one budget over all. Timers are this
 * process's, so they are accurate. A tool that ignores its signal is left behind; its late result is nobody's.
 *
 * A write that may have begun in a lost process runs again only if that is safe by its policy: its author is asked first, or the
 * other side knows its key.
 */
export async function runTool(run: ToolRun): Promise<CallResult> {
  const { clock, policy } = run;
  const startedMs = clock.nowMs();
  const ended = (attempt: Attempt, attempts: number): CallResult => ({
    ...attempt,
    ...{ attempts, durationMs: Math.round(clock.nowMs() - startedMs) },
  });
  const earlier = run.mayHaveBegun && maybeBegun(run.mayHaveBegun);
  const found = earlier && policy.ifBegun !== 'again' ? await reconcile(run, policy.timeoutMs) : undefined;
  if (earlier && found === 'unknown') return ended(toAttempt(earlier), 1);
  if (found !== undefined && typeof found !== 'string') return ended(found, 1);
  const endsMs = clock.nowMs() + policy.budgetMs;
  const { attempts, ...last } = await runAttempts(run, endsMs, found === undefined ? earlier : undefined);
  return ended(last.error?.kind === 'outcome_unknown' ? await reconciled(run, last, endsMs) : last, attempts);
}

type Attempts = Attempt & Pick<CallResult, 'attempts'>;

/** `earlier`: a run elsewhere that may have happened, whatever becomes of these. */
async function runAttempts(run: ToolRun, endsMs: number, earlier: CallResult | undefined): Promise<Attempts> {
  const { clock, policy } = run;
  let unknown = earlier && toAttempt(earlier);
  for (let attempt = 1; ; attempt += 1) {
    const last = await runAttempt(run, attempt, Math.min(policy.timeoutMs, endsMs - clock.nowMs()));
    if (last.error?.kind === 'outcome_unknown') unknown ??= last;
    // Whatever a later attempt says of itself, the one before it may have happened.
    const outcome = last.ok ? last : (unknown ?? last);
    const delayMs = policy.firstDelayMs * 2 ** (attempt - 1);
    const again = isWorthAnother(last, outcome) && attempt < policy.attempts && !run.signal.aborted;
    if (!again || clock.nowMs() + delayMs >= endsMs) return { ...outcome, attempts: attempt };
    await pause(clock, delayMs, run.signal); // an abort shows in the next attempt
  }
}

/**
 * A write that ran out of its time: its author may know that it happened, if there is time left to ask. That it has not says
 * nothing, since it may still be under way.
 */
async function reconciled(run: ToolRun, unknown: Attempt, endsMs: number): Promise<Attempt> {
  const limitMs = Math.min(run.policy.timeoutMs, endsMs - run.clock.nowMs());
  if (run.policy.ifBegun !== 'reconcile' || limitMs <= 0) return unknown;
  const found = await reconcile(run, limitMs);
  return typeof found === 'string' ? unknown : found;
}

function toAttempt({ ok, error }: CallResult): Attempt {
  return { ok, ...(error && { error }) };
}

async function runAttempt(run: ToolRun, attempt: number, limitMs: number): Promise<Attempt> {
  const { clock, signal } = run;
  if (signal.aborted) return { ok: false, error: CANCELLED };
  const endedBy = (error: CallError): Attempt => ({ ok: false, error: endedEarly(run, error) });
  return withinLimit({ clock, signal, limitMs, endedBy }, (stop) => {
    run.onAttempt(attempt);
    return callTool(run, attempt, stop);
  });
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
function isWorthAnother(last: Attempt, { error }: Attempt): boolean {
  if (isFinal(last)) return false;
  return error?.kind === 'failed' || error?.kind === 'timed_out' || error?.kind === 'outcome_unknown';
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
