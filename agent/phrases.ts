import type { OnThrown } from './agent.ts';
import type { Phrases, Say } from './define-tool.ts';

/** Whether a value is a phrase, or a list of at least one. */
export function arePhrases(value: unknown): value is Phrases {
  if (Array.isArray(value)) return value.length > 0 && value.every(isPhrase);
  return isPhrase(value);
}

export function toPhrases(phrases: Phrases): readonly string[] {
  return typeof phrases === 'string' ? [phrases] : phrases;
}

/** What there is to say for the arguments of one call; undefined if an author's function fails, as a call must not fail for a phrase. */
export function phrasesFor(say: Say<never>, args: unknown, onThrown?: OnThrown): readonly string[] | undefined {
  const phrases = typeof say === 'function' ? callSafely(() => say(args as never), onThrown) : say;
  return arePhrases(phrases) ? toPhrases(phrases) : undefined;
}

function callSafely(say: () => unknown, onThrown?: OnThrown): unknown {
  try {
    const said = say();
    // A promise is no phrase, and nobody else would take its rejection.
    if (said instanceof Promise) said.catch((thrown: unknown) => onThrown?.(thrown));
    return said;
  } catch (thrown) {
    onThrown?.(thrown);
    return undefined; // the phrase is left out
  }
}

function isPhrase(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
