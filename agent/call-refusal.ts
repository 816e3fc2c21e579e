import type { Item } from '../contract/items.ts';
import type { ToolDefinition } from './define-tool.ts';

const UNCHECKED =
  'Whether this call is allowed could not be checked, so it was not made; say that it cannot be done now';

type Rejection = NonNullable<ToolDefinition['rejectIf']>;

/**
 * Why a call is turned down, if it is. A function that throws, or gives something else than a reason, turns the call down
 * as well: a check that is broken must not let through what it was written to stop. Its own words may hold a value of the
 * caller's and go nowhere.
 */
export function createRefusal(rejectIf: Rejection): (args: unknown, transcript: readonly Item[]) => string | undefined {
  return (args, transcript) => {
    const reason = callSafely(rejectIf, args, transcript);
    if (reason === undefined || reason === null || reason === false || reason === '') return undefined;
    return typeof reason === 'string' ? reason : UNCHECKED;
  };
}

function callSafely(rejectIf: Rejection, args: unknown, transcript: readonly Item[]): unknown {
  try {
    const reason: unknown = rejectIf(args as never, transcript);
    // A promise is no reason, and nobody else would take its rejection.
    if (reason instanceof Promise) reason.catch(() => undefined);
    return reason;
  } catch {
    return UNCHECKED;
  }
}
