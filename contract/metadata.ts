import { z } from 'zod';

/** What is known of the one whom a conversation serves: text by name. */
export const Metadata = z.record(z.string().max(64), z.string().max(512));
export type Metadata = z.infer<typeof Metadata>;

/** Secret fields of metadata by name, encrypted. */
export const SealedFields = z.record(z.string(), z.string());
export type SealedFields = z.infer<typeof SealedFields>;

/** Metadata as Temporal has it: `metadata` holds no field that the agent's author has marked as secret. */
export interface StoredMetadata {
  readonly metadata?: Metadata | undefined;
  readonly sealed?: SealedFields | undefined;
}
