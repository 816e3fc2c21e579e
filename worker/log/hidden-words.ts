import type { Item, Json } from '../../contract/items.ts';

export const HIDDEN = '[hidden]';
/** A shorter value is hidden only as a whole word: hiding `7` must not make `17` unreadable. */
const WHOLE_WORD_CHARS = 4;

export interface Words {
  readonly items: readonly Item[];
  readonly arguments: readonly Json[];
}

/**
 * Removes from a text what was said in a conversation, and the arguments of its calls: errors of an author's code may quote
 * them. Part of a sentence is not recognised.
 */
export function createHiding(words: Words): (text: string) => string {
  const values = [...new Set([...words.items.flatMap(wordsOf), ...words.arguments.flatMap(leavesOf)])]
    .filter((value) => value.trim() !== '')
    .sort((one, other) => other.length - one.length);
  return (text) => values.reduce(withoutValue, text);
}

function withoutValue(text: string, value: string): string {
  if (!text.includes(value)) return text;
  if (value.length >= WHOLE_WORD_CHARS) return text.replaceAll(value, HIDDEN);
  const escaped = value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'gu'), HIDDEN);
}

function wordsOf(item: Item): string[] {
  switch (item.type) {
    case 'user':
      return [item.text];
    case 'speech':
      return [item.text, item.heardText];
    case 'call':
      return leavesOf(item.arguments);
    case 'result':
      return [];
  }
}

function leavesOf(value: Json): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}
