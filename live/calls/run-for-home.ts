import type { CallResult } from '../../contract/rounds.ts';
import { maybeBegun } from '../../turn/maybe-begun.ts';
import { failedResult } from '../../turn/plan-calls.ts';
import type { CallInput } from './call-step.ts';
import { givenUp } from './late-result.ts';
import { runCached, type ToolCalling } from './run-cached.ts';

/**
 * Runs the tool of a call that has begun at the turn's home, in the process of a tools-only worker. `signal`: the call is not wanted any
 * more, which aborts a read. It does not throw.
 */
export async function runForHome(input: CallInput, calling: ToolCalling): Promise<CallResult> {
  const over = new AbortController();
  const { clock } = calling.turn;
  const given = input.policy.effect === 'write' ? [givenUp(over.signal, { ...calling, clock })] : [];
  const result = await Promise.race([runCached(input, calling), ...given]);
  over.abort();
  return result;
}

/** What keeps the tool from running now says nothing about an earlier run. */
export function notCalled({ mayHaveBegun }: Pick<CallInput, 'mayHaveBegun'>, message: string): CallResult {
  return mayHaveBegun ? maybeBegun(mayHaveBegun) : failedResult({ kind: 'failed', message });
}
