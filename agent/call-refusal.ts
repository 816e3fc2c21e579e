import type { OnThrown, Tool } from './agent.ts';
import type { ToolDefinition } from './define-tool.ts';

const UNCHECKED =
  'Whether this call is allowed could not be checked, so it was not made; say that it cannot be done now';

type Rejection = NonNullable<ToolDefinition['rejectIf']>;

/**
 * Why a call is turned down, if it is. A function that throws, or gives something else than a reason, turns the call down
 * as well: a check that is broken must not let through what it was written to stop. Its own words may hold a value of the
 * caller's: they reach `onThrown` and nobody else.
 */
export function createRefusal(rejectIf: Rejection): NonNullable<Tool['rejectIf']> {
  return (args, transcript, onThrown = ignored) => {
    const reason = callSafely(() => rejectIf(args as never, transcript), onThrown);
    if (reason === undefined || reason === null || reason === false || reason === '') return undefined;
    if (typeof reason === 'string') return reason;
    onThrown(new TypeError(`'rejectIf' gave a value of type ${typeof reason}; return a reason or nothing`));
    return UNCHECKED;
  };
}

function callSafely(rejectIf: () => unknown, onThrown: OnThrown): unknown {
  try {
    const reason = rejectIf();
    // A promise is no reason, and nobody else would take its rejection.
    if (reason instanceof Promise) reason.catch(onThrown);
    return reason;
  } catch (thrown) {
    onThrown(thrown);
    return UNCHECKED;
  }
}

function ignored(): void {
  // Nobody asked for it: the call is turned down all the same.
}
