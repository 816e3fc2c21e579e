import { z } from 'zod';
import { textOfAtMost } from './text.ts';

export const Metadata = z
  .record(textOfAtMost(64), textOfAtMost(512))
  .meta({ id: 'Metadata', description: 'What is known of the one whom a conversation serves: short texts by name' });
export type Metadata = z.infer<typeof Metadata>;

/** Secret fields of metadata by name, encrypted. */
export const SealedFields = z.record(z.string(), z.string());
export type SealedFields = z.infer<typeof SealedFields>;

/** Metadata as Temporal has it: `metadata` holds no field that the agent's author has marked as secret. */
export interface StoredMetadata {
  readonly metadata?: Metadata | undefined;
  readonly sealed?: SealedFields | undefined;
}
