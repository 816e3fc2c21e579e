import type { PayloadKey } from './payload-cipher.ts';

/** 32 bytes are 43 characters and the padding, in either alphabet. */
const ENTRY = /^(?<id>[\w-]{1,32}):(?<key>[A-Za-z0-9+/_-]{43}=?)$/;

/** Reads LEGATO_PAYLOAD_KEYS. A fault goes on after the variable's name and names an entry by its place: what is malformed may be a key. */
export function readPayloadKeys(text: string): {
  readonly keys: readonly PayloadKey[];
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const keys = text.split(',').flatMap((entry, index) => {
    const { id, key } = ENTRY.exec(entry.trim())?.groups ?? {};
    if (id !== undefined && key !== undefined) return [{ id, key: Buffer.from(key, 'base64') }];
    faults.push(
      `has an entry, number ${index + 1}, that is not '<id>:<key>'; an id has 1 to 32 letters, digits, '-' and '_', a key is 32 bytes in base64, made by 'openssl rand -base64 32'; separate entries by commas`,
    );
    return [];
  });
  const ids = keys.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) faults.push(`has two keys with the id '${repeated}'; give each its own`);
  return { keys, faults };
}
