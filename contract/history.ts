import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Item } from './items.ts';

/** At most this many bytes of the latest items, as JSON, go into a turn's start. */
export const HISTORY_LIMIT_BYTES = 64 * 1024;
/** Beyond this, items travel deflated: a start event of the 30th turn stays as small as that of the fifth. */
const PLAIN_LIMIT_BYTES = 2 * 1024;
/** A text that is shortened to less than this says nothing. */
const LEAST_CHARS = 32;

/** The conversation before a turn, as it travels in the turn's start; `deflated` is base64 of raw deflate of the items as JSON. */
export type History = { readonly items: readonly Item[] } | { readonly deflated: string };

/** The latest items that fit into a turn's start, beginning with a caller's words so that no result stands without its call. */
export function packHistory(items: readonly Item[]): History {
  const latest = latestItems(items, HISTORY_LIMIT_BYTES);
  const json = JSON.stringify(latest);
  if (Buffer.byteLength(json) <= PLAIN_LIMIT_BYTES) return { items: latest };
  return { deflated: deflateRawSync(json).toString('base64') };
}

export function unpackHistory(history: History): readonly Item[] {
  if ('items' in history) return history.items;
  return JSON.parse(inflateRawSync(Buffer.from(history.deflated, 'base64')).toString('utf8')) as Item[];
}

/** Of a turn that is too large by itself, what was said, if need be without the ends: the next one must not begin without a memory. */
function wordsOfLastTurn(items: readonly Item[], limitBytes: number): readonly Item[] {
  const last = items.slice(items.findLastIndex((item) => item.type === 'user'));
  const words = last.filter((item) => item.type === 'user' || item.type === 'speech');
  for (let chars = limitBytes; chars >= LEAST_CHARS; chars /= 2) {
    const shortened = words.map((item) => shortenWords(item, Math.floor(chars)));
    if (Buffer.byteLength(JSON.stringify(shortened)) <= limitBytes) return shortened;
  }
  return [];
}

function shortenWords(item: Extract<Item, { type: 'user' | 'speech' }>, chars: number): Item {
  const text = shortenText(item.text, chars);
  return item.type === 'user' ? { ...item, text } : { ...item, text, heardText: shortenText(item.heardText, chars) };
}

function shortenText(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars).replace(/[\uD800-\uDBFF]$/, '')}… [cut]`;
}

/** The longest tail of whole turns that is at most `limitBytes` as JSON. */
export function latestItems(items: readonly Item[], limitBytes: number): readonly Item[] {
  let bytes = 2;
  let from = items.length;
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item === undefined) break;
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > limitBytes) return from < items.length ? items.slice(from) : wordsOfLastTurn(items, limitBytes);
    if (item.type === 'user') from = index;
  }
  return items;
}
