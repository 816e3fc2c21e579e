// What an author gives as a value or as a function of one call: phrases, and reasons to reject the call. A function that
// throws, or that returns something else, never ends the turn: it is reported, and there is a default.
import type { CalledIn, OnThrown, Tool } from '../agent.ts';
import type { Phrases, Say, ToolDefinition } from '../define-tool.ts';
import type { SeenMetadata } from '../metadata/seen-metadata.ts';
import { isText } from './option-rules.ts';

/** Whether a value is a phrase, or a list of at least one. */
export function arePhrases(value: unknown): value is Phrases {
  if (Array.isArray(value)) return value.length > 0 && value.every(isText);
  return isText(value);
}

export function toPhrases(phrases: Phrases): readonly string[] {
  return typeof phrases === 'string' ? [phrases] : phrases;
}

/** What may be said for the arguments of one call; undefined if the author's function fails. */
export function phrasesFor(
  say: Say<never, never>,
  args: unknown,
  { served, onThrown }: CalledIn,
): readonly string[] | undefined {
  const call = (author: Exclude<typeof say, Phrases>): unknown => author(args as never, served as never);
  const phrases = typeof say === 'function' ? callAuthor(() => call(say), undefined, onThrown) : say;
  return arePhrases(phrases) ? toPhrases(phrases) : undefined;
}

const UNCHECKED =
  'Whether this call is allowed could not be checked, so it was not made; say that it cannot be done now';

/**
 * Checks a call by the author's `rejectIf`. A function that fails rejects the call: a broken check must not let through
 * what it was written to stop. What it threw may quote the caller, so it goes to `onThrown` and not into the reason.
 */
export function createRejectIf(
  rejectIf: NonNullable<ToolDefinition['rejectIf']>,
  seen: SeenMetadata,
): NonNullable<Tool['rejectIf']> {
  return (args, transcript, called) => {
    const { served, onThrown } = seen.withSecrets(called);
    const reason = callAuthor(() => rejectIf(args as never, transcript, served as never), UNCHECKED, onThrown);
    if (reason === undefined || reason === null || reason === false || reason === '') return undefined;
    if (typeof reason === 'string') return reason;
    onThrown?.(new TypeError(`'rejectIf' must return a reason or nothing; got a value of type ${typeof reason}`));
    return UNCHECKED;
  };
}

/** What the function returns, or `otherwise` if it throws. */
function callAuthor(author: () => unknown, otherwise: unknown, onThrown?: OnThrown): unknown {
  try {
    const returned = author();
    // No caller accepts a promise, so that its rejection would be unhandled.
    if (returned instanceof Promise) returned.catch((thrown: unknown) => onThrown?.(thrown));
    return returned;
  } catch (thrown) {
    onThrown?.(thrown);
    return otherwise;
  }
}
