import type { z } from 'zod';
import { fieldsOf } from '../../contract/metadata.ts';
import type { CalledIn } from '../agent.ts';
import { isSecret } from './secret.ts';

/** What the functions of one tool see of a conversation's metadata. */
export interface SeenMetadata {
  readonly fields: readonly string[];
  /** For functions whose result is checked for secrets. */
  readonly withSecrets: (called: CalledIn) => CalledIn;
  /** For functions whose result is said. */
  readonly withoutSecrets: (called: CalledIn) => CalledIn;
}

/** By the tool's own schema; without one it sees nothing. */
export function createSeenMetadata(schema: z.core.$ZodObject | undefined): SeenMetadata {
  const shape = Object.entries((schema?._zod.def.shape ?? {}) as Readonly<Record<string, z.core.$ZodType>>);
  const fields = shape.map(([name]) => name);
  const openFields = shape.flatMap(([name, field]) => (isSecret(field) ? [] : [name]));
  return {
    fields,
    withSecrets: (called) => seeOnly(called, fields),
    withoutSecrets: (called) => seeOnly(called, openFields),
  };
}

function seeOnly({ served, ...called }: CalledIn, fields: readonly string[]): CalledIn {
  return { ...called, served: { ...served, metadata: fieldsOf(served.metadata, (name) => fields.includes(name)) } };
}
