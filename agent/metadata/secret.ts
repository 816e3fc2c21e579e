import { z } from 'zod';
import { schemaParts } from '../schema/schema-parts.ts';

declare const secretMark: unique symbol;

/** A schema whose values no model, log, client or Temporal server gets in the clear. It has no methods: `secret` stands outermost. */
export type SecretSchema<Schema extends z.core.$ZodType> = z.core.$ZodType<z.output<Schema>, z.input<Schema>> & {
  readonly [secretMark]: true;
};

/** For fields of metadata: `metadata: z.object({ token: secret(z.string().min(8)) })`. See docs/metadata.md. */
export function secret<Schema extends z.core.$ZodType>(schema: Schema): SecretSchema<Schema> {
  // A copy: the schema that was given may be used elsewhere, for values that are no secret.
  const marked = z.core.clone(schema);
  z.globalRegistry.add(marked, { secret: true });
  return marked as unknown as SecretSchema<Schema>;
}

/** Also where something was put around the mark, such as `.optional()`. */
export function isSecret(schema: z.core.$ZodType): boolean {
  return schemaParts(schema).some((part) => z.globalRegistry.get(part.schema)?.secret === true);
}
