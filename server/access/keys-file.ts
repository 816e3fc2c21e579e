import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Scope } from '../../contract/access.ts';
import { type ApiKey, sha256 } from './api-key.ts';

const FIELDS = 'name, key or sha256, scopes, conversations';
/** A conversation id has 64 characters at most, of which 32 are random in one that the server makes. */
const PREFIX = /^[A-Za-z0-9_-]{1,32}$/;

/** Its errors never have a value: a key may stand in any field by mistake. */
const KeyEntry = z
  .strictObject(
    {
      name: z
        .string({ error: 'must be a text' })
        .regex(/^[\w.-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, dots, dashes or underscores' }),
      key: z
        .string({ error: 'must be a text' })
        .regex(/^[\x21-\x7e]+$/, { error: 'is empty, or has a space or a special character' })
        .optional(),
      sha256: z
        .string({ error: 'must be a text' })
        .regex(/^[0-9a-f]{64}$/i, { error: 'must be 64 hexadecimal digits, the SHA-256 of the key' })
        .optional(),
      scopes: z
        .array(z.enum(Scope.options, { error: `must be one of ${Scope.options.join(', ')}` }), {
          error: `must be a list of ${Scope.options.join(', ')}`,
        })
        .min(1, { error: `is empty; name at least one of ${Scope.options.join(', ')}` }),
      conversations: z
        .string({ error: 'must be a text' })
        .regex(PREFIX, {
          error:
            'must be how conversation ids begin, 1 to 32 letters, digits, dashes or underscores; leave it out for all',
        })
        .optional(),
    },
    { error: `must be an object with ${FIELDS}` },
  )
  .refine(({ key, sha256 }) => (key === undefined) !== (sha256 === undefined), {
    path: ['key'],
    error: "must be given, or 'sha256' instead of it; not both",
  });
type KeyEntry = z.infer<typeof KeyEntry>;

export interface ReadKeys {
  readonly keys: readonly ApiKey[];
  /** What is wrong with the file, a sentence each: file, entry and field, never a value. */
  readonly faults: readonly string[];
}

/** The keys of `LEGATO_API_KEYS_FILE`. */
export function readKeysFile(path: string): ReadKeys {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return unreadable(path, error);
  }
  return toKeys(path, text);
}

/** The same while turns are played, which a slow disk must not hold up. */
export async function readKeysFileAgain(path: string): Promise<ReadKeys> {
  return readFile(path, 'utf8').then(
    (text) => toKeys(path, text),
    (error: unknown) => unreadable(path, error),
  );
}

/** False of a pipe: what was read from it is gone. */
export function canBeReadAgain(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function toKeys(path: string, text: string): ReadKeys {
  const start = startOf(path);
  const read = readJson(text);
  if ('fault' in read) return { keys: [], faults: [`${start} ${read.fault}`] };
  if (!Array.isArray(read.json) || read.json.length === 0) {
    return { keys: [], faults: [`${start} must hold a list of at least one key, each with ${FIELDS}`] };
  }
  const parsed = read.json.map((entry: unknown) => KeyEntry.safeParse(entry));
  const faults = parsed.flatMap(({ error }, index) =>
    (error?.issues ?? []).map((issue) => `${start}: entry ${index}${toSentence(issue)}`),
  );
  if (faults.length > 0) return { keys: [], faults };
  const keys = parsed.flatMap(({ data }) => (data ? [toApiKey(data)] : []));
  return { keys, faults: repeats(keys).map((repeat) => `${start}: ${repeat}`) };
}

const startOf = (path: string): string => `LEGATO_API_KEYS_FILE '${path}'`;

function unreadable(path: string, error: unknown): ReadKeys {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
  return { keys: [], faults: [`${startOf(path)} cannot be read: ${code}; correct the path or its permissions`] };
}

function readJson(text: string): { readonly json: unknown } | { readonly fault: string } {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    // The message quotes what stands there; only the place is safe to tell.
    const [where] = /line \d+ column \d+/.exec(String(error)) ?? [];
    return { fault: `is not JSON${where === undefined ? '' : ` (${where})`}; correct its syntax` };
  }
}

function toSentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.filter((name) => /^[a-z]\w{0,31}$/i.test(name)).map((name) => `'${name}'`);
    return ` has a field that is not known${names.length > 0 ? `, ${names.join(', ')}` : ''}; its fields are ${FIELDS}`;
  }
  if (issue.path.length === 0) return ` ${issue.message}`;
  return `, field '${issue.path.join('.')}' ${issue.message}`;
}

function toApiKey({ name, key, sha256: hash = '', scopes, conversations = '' }: KeyEntry): ApiKey {
  const digest = key === undefined ? Buffer.from(hash, 'hex') : sha256(key);
  return { name, sha256: digest, ...(key !== undefined && { key }), scopes, prefix: conversations };
}

function repeats(keys: readonly ApiKey[]): string[] {
  return keys.flatMap(({ name, sha256 }, index) => {
    const before = keys.slice(0, index);
    const named = before.findIndex((other) => other.name === name);
    const same = before.findIndex((other) => other.sha256.equals(sha256));
    return [
      ...(named < 0 ? [] : [`entry ${index}, field 'name' is that of entry ${named} too; name each key differently`]),
      ...(same < 0 ? [] : [`entry ${index} has the key of entry ${same}; give each its own`]),
    ];
  });
}
