import type { CallResult } from '../../contract/rounds.ts';
import { aborted } from '../../time/clock.ts';
import { outcomeUnknown } from '../../turn/maybe-begun.ts';
import { failedResult } from '../../turn/plan-calls.ts';
import type { CallInput, Calling } from './call-step.ts';
import { runCached } from './run-cached.ts';
import type { RunElsewhere } from './run-elsewhere.ts';
import { isFinal } from './run-tool.ts';

/** The tool, and, where it fails, its fallback. */
export async function runWithFallback(input: CallInput, calling: Calling): Promise<CallResult> {
  const { mayHaveBegun: _, elsewhere, ...asked } = input;
  const result = await (elsewhere ? beginElsewhere(input, elsewhere, calling) : runCached(input, calling));
  const fallback = input.policy.onFailure?.fallback;
  // A fallback's result would hide that a write may have happened.
  const isUnknown = result.error?.kind === 'outcome_unknown';
  if (result.ok || isUnknown || isFinal(result) || !fallback || calling.signal.aborted) return result;
  const cheaper = await runWithFallback({ ...asked, ...fallback }, calling);
  return cheaper.ok ? { ...cheaper, source: 'fallback', ...(result.error && { fellBackFor: result.error }) } : result;
}

/** Lets the tool begin elsewhere, in this tick, and waits for its result. */
async function beginElsewhere(
  { step: call, name, arguments: args, policy }: CallInput,
  run: RunElsewhere,
  { publish, signal }: Calling,
): Promise<CallResult> {
  publish({ type: 'tool.started', call, name, arguments: args, attempt: 1 });
  if (!signal.aborted) run.begin(); // the event may have made the caller speak
  const over = aborted(signal).then(() => (policy.effect === 'write' ? NOT_WAITED_FOR : NOT_WANTED));
  return Promise.race([run.result, over]);
}

const NOT_WANTED = failedResult({ kind: 'cancelled', message: 'The call was cancelled' });
const NOT_WAITED_FOR = outcomeUnknown('Home does not wait for it any more');
