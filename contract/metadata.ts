import { z } from 'zod';
import { textOfAtMost } from './text.ts';

export const Metadata = z
  .record(textOfAtMost(64), textOfAtMost(512))
  .meta({ id: 'Metadata', description: 'What is known of the one whom a conversation serves: short texts by name' });
export type Metadata = z.infer<typeof Metadata>;

/** Of metadata, or of what a schema has made of it, the fields for which `isKept` says so of their names. */
export function fieldsOf<T>(
  metadata: Readonly<Record<string, T>>,
  isKept: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => isKept(name)));
}

/** Secret fields of metadata by name, encrypted. */
export const SealedFields = z.record(z.string(), z.string());
export type SealedFields = z.infer<typeof SealedFields>;

/** Metadata as Temporal has it: `metadata` holds no field that the agent's author has marked as secret. */
export interface StoredMetadata {
  readonly metadata?: Metadata | undefined;
  readonly sealed?: SealedFields | undefined;
}

/** What a schema has found in metadata, in a sentence's words; the metadata as a whole has no field name. */
export function problemsText(problems: readonly { readonly field: string; readonly message: string }[]): string {
  return problems.map(({ field, message }) => `${field === '' ? 'it' : `'${field}'`} ${message}`).join('; ');
}
