import type { Item } from '../../contract/items.ts';

/** A conversation as the caller heard it, with what was done, line by line. */
export function toTranscript(items: readonly Item[]): string {
  return items.map(toLine).join('\n');
}

function toLine(item: Item): string {
  switch (item.type) {
    case 'user':
      return `Caller: ${item.text}`;
    case 'speech':
      return item.interrupted
        ? `Agent (cut off by the caller): ${item.heardText || '(nothing was heard)'}`
        : `Agent: ${item.text}`;
    case 'call':
      return `Call ${item.call}: ${item.name} ${JSON.stringify(item.arguments)}`;
    case 'result':
      return `Result of ${item.call}: ${item.ok ? JSON.stringify(item.result ?? null) : `failed, ${item.error?.message ?? ''}`}`;
  }
}
