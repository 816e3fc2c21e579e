import type { z } from 'zod';
import type { SecretSchema } from './secret.ts';

/** The schema of an agent without metadata. */
export type NoMetadata = z.ZodObject<Record<never, never>>;

/** zod has an object without fields take no value for any name; here it names none. */
type Fields<Schema extends z.ZodObject, Values> = [keyof Schema['shape']] extends [never] ? object : Values;

/** What a schema makes of a conversation's metadata. */
export type MetadataOf<Schema extends z.ZodObject> = Fields<Schema, z.output<Schema>>;

/** What tools may need of it: anything where the schema's fields are not known to the compiler. */
export type GivenToTools<Schema extends z.ZodObject> = string extends keyof Schema['shape']
  ? never
  : MetadataOf<Schema>;

type SecretFields<Shape> = {
  [Name in keyof Shape]: Shape[Name] extends SecretSchema<z.core.$ZodType> ? Name : never;
}[keyof Shape];

/** The same without its secret fields. */
export type PublicOf<Schema extends z.ZodObject> = Fields<
  Schema,
  Omit<z.output<Schema>, SecretFields<Schema['shape']>>
>;

/** The text that a field reads: any where its schema coerces. */
type TextOf<Input> = unknown extends Input ? string : Extract<Input, string>;

type Texts<Input> = { readonly [Name in keyof Input]: TextOf<Input[Name]> };

/** Metadata as a client sends it for a schema: all of it text. */
export type WireOf<Schema extends z.ZodObject> = Fields<Schema, Texts<z.input<Schema>>>;

type FieldsOfNoText<Input> = {
  [Name in keyof Input]-?: [TextOf<Input[Name]>] extends [never] ? Name : never;
}[keyof Input];

/** Fields of a schema that read no text; never if there are none. */
export type NotText<Schema extends z.ZodObject> = [keyof Schema['shape']] extends [never]
  ? never
  : FieldsOfNoText<z.input<Schema>>;
