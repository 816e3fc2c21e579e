import { hideInText } from '../../agent/metadata/hidden-values.ts';
import type { Item, Json } from '../../contract/items.ts';

export interface Words {
  readonly items: readonly Item[];
  readonly arguments: readonly Json[];
  /** Values of secret metadata. */
  readonly secrets: readonly string[];
}

/**
 * Removes from a text what was said in a conversation, the arguments of its calls, and secret metadata: errors of an author's code may
 * quote them. Part of a sentence is not recognised.
 */
export function createHiding(words: Words): (text: string) => string {
  const said = [...words.items.flatMap(wordsOf), ...words.arguments.flatMap(leavesOf)];
  const values = [...new Set([...words.secrets, ...said])]
    .filter((value) => value.trim() !== '')
    .sort((one, other) => other.length - one.length);
  return (text) => hideInText(text, values);
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
