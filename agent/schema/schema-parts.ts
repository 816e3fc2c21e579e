import { z } from 'zod';

type Schema = z.core.$ZodType;

/** A schema inside another one. */
export interface SchemaPart {
  readonly schema: Schema;
  /** The fields that lead to it; empty for the schema itself. */
  readonly path: string;
}

interface Walk {
  /** Of a pipe only what comes out of it. */
  readonly onlyOutput: boolean;
  readonly seen: Set<Schema>;
}

/** A schema and all that it is made of. With `onlyOutput`, without what is transformed into something else. */
export function schemaParts(schema: Schema, { onlyOutput = false } = {}): readonly SchemaPart[] {
  return walk({ schema, path: '' }, { onlyOutput, seen: new Set() });
}

function walk(part: SchemaPart, how: Walk): readonly SchemaPart[] {
  if (how.seen.has(part.schema)) return [];
  how.seen.add(part.schema);
  return [part, ...childrenOf(part, how).flatMap((child) => walk(child, how))];
}

function childrenOf({ schema, path }: SchemaPart, { onlyOutput }: Walk): readonly SchemaPart[] {
  const def = schema._zod.def as unknown as Readonly<Record<string, unknown>>;
  if (def.type === 'lazy') return [{ schema: (schema as z.core.$ZodLazy)._zod.innerType, path }];
  return Object.entries(def).flatMap(([name, value]) => {
    if (name === 'in' && onlyOutput) return [];
    if (name === 'shape') return fieldsOf(value as Readonly<Record<string, Schema>>, path);
    return [value]
      .flat()
      .filter(isSchema)
      .map((child) => ({ schema: child, path }));
  });
}

function fieldsOf(shape: Readonly<Record<string, Schema>>, path: string): readonly SchemaPart[] {
  return Object.entries(shape).map(([name, schema]) => ({ schema, path: path === '' ? name : `${path}.${name}` }));
}

function isSchema(value: unknown): value is Schema {
  return value instanceof z.core.$ZodType;
}
