import type { Json } from '../../contract/items.ts';
import { withinLimit } from './attempt-limit.ts';
import { toCallResult } from './call-result.ts';
import type { Attempt, ToolRun } from './tool-run.ts';

/** The result of a write that happened; `not_done`: it did not, and will not. */
export type Found = Attempt | 'not_done' | 'unknown';

/** Asks the author whether a write happened that may have. Whatever is no answer leaves it unknown, and the operator is told why. */
export async function reconcile(run: ToolRun, limitMs: number): Promise<Found> {
  const { clock, signal } = run;
  const onEarly = (): Found => {
    run.onThrown(new Error(`'reconcile' did not answer within ${Math.round(limitMs)} ms; the outcome stays unknown`));
    return 'unknown';
  };
  return withinLimit<Found>({ clock, signal, limitMs, endedBy: onEarly }, (stop) => ask(run, stop));
}

async function ask(run: ToolRun, signal: AbortSignal): Promise<Found> {
  const { served, log, metadata } = run;
  const progress = (note: string): void => {
    if (!signal.aborted) run.onProgress(metadata.hideIn(String(note)).slice(0, 500), 1);
  };
  try {
    const answered = await run.reconcile?.({ ...served, signal, attempt: 1, progress, log });
    if (!answered?.ok) return 'unknown';
    const { value } = answered;
    return value.outcome === 'done' ? toCallResult(metadata.hideInJson(value.result as Json)) : value.outcome;
  } catch (thrown) {
    if (!signal.aborted) run.onThrown(thrown);
    return 'unknown';
  }
}
