import { createHash } from 'node:crypto';
import type { Json } from '../../contract/items.ts';
import type { CallResult } from '../../contract/rounds.ts';
import { shortenedNote } from '../../turn/budget.ts';

/** At most this much of a result goes to the model and into the record. */
export const RESULT_LIMIT_BYTES = 32 * 1024;

/** What a tool returned, as it is recorded: a JSON value, or the beginning of its text where it is too large. */
export function toCallResult(value: unknown): Pick<CallResult, 'ok' | 'result' | 'error' | 'cut'> {
  let text: string;
  try {
    text = JSON.stringify(value ?? null) ?? 'null';
  } catch (error) {
    const field = fieldOfBigint(value);
    const why = field === undefined ? whyNot(error) : `${field} is a bigint, which JSON cannot hold; return a string`;
    return { ok: false, error: { kind: 'invalid_result', message: `The result is not JSON: ${why}` } };
  }
  const bytes = Buffer.byteLength(text);
  if (bytes <= RESULT_LIMIT_BYTES) return { ok: true, result: JSON.parse(text) as Json };
  const sha256 = createHash('sha256').update(text).digest('hex');
  const beginning = firstBytes(text, RESULT_LIMIT_BYTES);
  return { ok: true, result: beginning + shortenedNote(bytes, Buffer.byteLength(beginning)), cut: { bytes, sha256 } };
}

function whyNot(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it cannot be serialised';
}

/** Where the first bigint of a value stands, as an error text names it. */
function fieldOfBigint(value: unknown, path = '', within: readonly unknown[] = []): string | undefined {
  if (typeof value === 'bigint') return path === '' ? 'it' : `its field '${path}'`;
  if (typeof value !== 'object' || value === null || within.includes(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const field = fieldOfBigint(inner, path === '' ? name : `${path}.${name}`, [...within, value]);
    if (field !== undefined) return field;
  }
  return undefined;
}

/** The beginning of a text, at most so many bytes of UTF-8 and whole characters. */
function firstBytes(text: string, limitBytes: number): string {
  return new TextDecoder('utf-8', { fatal: false })
    .decode(Buffer.from(text).subarray(0, limitBytes))
    .replace(/\uFFFD$/, '');
}
