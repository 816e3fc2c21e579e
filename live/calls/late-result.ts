import type { CallResult } from '../../contract/rounds.ts';
import { aborted, type Clock } from '../../time/clock.ts';
import { silence } from '../../time/silence.ts';
import { outcomeUnknown } from '../../turn/maybe-begun.ts';

/** How long the result of a write is waited for once the turn has run out of time. */
const LATE_RESULT_MS = 2_000;

/**
 * A write that has begun is not stopped by the turn's deadline, which aborts `signal`; its result counts if it comes while the
 * apology may still be said. Settles only where it does not. `over`: aborted when the call has ended.
 */
export async function givenUp(
  over: AbortSignal,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<CallResult> {
  await Promise.race([aborted(signal), aborted(over)]);
  await silence(clock, LATE_RESULT_MS, over);
  return outcomeUnknown('The turn ran out of time while this was under way');
}
