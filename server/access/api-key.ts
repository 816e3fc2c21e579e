import { createHash } from 'node:crypto';
import { Scope } from '../../contract/access.ts';

export interface ApiKey {
  /** Stands for the key in logs and errors. */
  readonly name: string;
  readonly sha256: Buffer;
  /** The key itself, where it was given and not only its hash. */
  readonly key?: string;
  readonly scopes: readonly Scope[];
  /** How the ids of its conversations begin. Empty: all conversations. */
  readonly prefix: string;
}

/** Keys without a description: each may do everything. */
export function toApiKeys(keys: readonly string[]): ApiKey[] {
  return keys.map((key, index) => ({
    name: `key-${index + 1}`,
    sha256: sha256(key),
    key,
    scopes: Scope.options,
    prefix: '',
  }));
}

export function sha256(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
