import type { Json } from '../../contract/items.ts';
import { standingAlone } from '../../contract/text.ts';

export const HIDDEN = '[hidden]';
/** A shorter value is hidden only as a whole word: hiding `7` must not make `17` unreadable. */
const WHOLE_WORD_CHARS = 4;
/** In a result a shorter value is hidden only where it is the whole text: hiding `2026` must not change a date. */
const WHOLE_TEXT_CHARS = 8;

/** Replaces values in a text for people or a model. */
export function hideInText(text: string, values: readonly string[]): string {
  return values.reduce(withoutValue, text);
}

/** Replaces values in the texts and numbers of a JSON value. */
export function hideInJson(json: Json, values: readonly string[]): Json {
  if (values.length === 0) return json;
  if (typeof json === 'string') return values.reduce(withoutText, json);
  if (typeof json === 'number') return values.some((value) => isSameNumber(json, value)) ? HIDDEN : json;
  if (Array.isArray(json)) return json.map((item) => hideInJson(item, values));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, hideInJson(value, values)]));
}

function withoutValue(text: string, value: string): string {
  if (!text.includes(value)) return text;
  if (value.length >= WHOLE_WORD_CHARS) return text.replaceAll(value, HIDDEN);
  return text.replaceAll(standingAlone(value), HIDDEN);
}

function withoutText(text: string, value: string): string {
  if (text === value) return HIDDEN;
  return value.length >= WHOLE_TEXT_CHARS ? text.replaceAll(value, HIDDEN) : text;
}

function isSameNumber(number: number, value: string): boolean {
  return value.length >= WHOLE_WORD_CHARS && String(number) === value;
}
