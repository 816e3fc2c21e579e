import { jsonBytes } from './json-bytes.ts';

const MOST_CHARS = 16 * 1024;
const LEAST_CHARS = 16;
const NOTE = '… [cut]';
/** What may be any JSON: it becomes text where it is long. */
const FREE_FIELDS: readonly string[] = ['arguments', 'result'];

/**
 * The same value, with its longest texts shortened until it takes at most so many bytes as JSON: for what was written before
 * there were limits, or past them. Who reads it finds a note at the end of what was shortened.
 */
export function withinBytes<T>(value: T, limitBytes: number): T {
  let fitting = value;
  for (let chars = MOST_CHARS; jsonBytes(fitting) > limitBytes && chars >= LEAST_CHARS; chars /= 2) {
    fitting = shortenTexts(value, chars) as T;
  }
  return fitting;
}

function shortenTexts(value: unknown, chars: number): unknown {
  if (typeof value === 'string') return shortenText(value, chars);
  if (Array.isArray(value)) return value.map((entry) => shortenTexts(entry, chars));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shortenField(key, field, chars)]));
}

function shortenField(key: string, field: unknown, chars: number): unknown {
  const isFree = FREE_FIELDS.includes(key) && typeof field === 'object' && field !== null;
  return shortenTexts(isFree && jsonBytes(field) > chars ? JSON.stringify(field) : field, chars);
}

function shortenText(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - NOTE.length).replace(/[\uD800-\uDBFF]$/, '')}${NOTE}`;
}
