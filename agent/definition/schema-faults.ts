import type { z } from 'zod';
import { type SchemaPart, schemaParts } from '../schema/schema-parts.ts';
import { isAsynchronous } from './option-rules.ts';

/** What a tool's schemas must not have, `name` being the option: 'input' or 'output'. */
export function schemaFaults(name: 'input' | 'output', schema: z.core.$ZodType): string[] {
  return [...asynchronousFaults(name, schema), ...(name === 'output' ? outputFaults(schema) : [])];
}

/** Checks and transforms that are not done at once, in a schema that is the option `name`. */
export function asynchronousFaults(name: string, schema: z.core.$ZodType): string[] {
  const parts = schemaParts(schema).filter(isAsynchronousPart);
  return unique(parts.map(({ path }) => nameOf(name, path))).map(
    (part) => `${part} has an asynchronous check or transform, but values are checked at once; do it in 'run'`,
  );
}

/** Only what was written as `async` can be seen without running it. */
function isAsynchronousPart({ schema }: SchemaPart): boolean {
  const { def } = schema._zod;
  const checks = def.checks ?? [];
  const functions = [
    ...checks.flatMap(({ _zod }) => [...functionsOf(_zod), ...functionsOf(_zod.def)]),
    ...functionsOf(def),
  ];
  return def.type === 'promise' || functions.some(isAsynchronous);
}

function functionsOf(def: object): readonly unknown[] {
  const { check, fn, transform, reverseTransform, tx } = def as Readonly<Record<string, unknown>>;
  return [check, fn, transform, reverseTransform, tx];
}

/** Types of zod whose values JSON does not have, and what to use. */
const NOT_JSON: Readonly<Record<string, string>> = {
  bigint: "a bigint, which JSON cannot hold; use 'z.string()', or 'z.int()' if it is small",
  date: "a date, which JSON cannot hold; use 'z.iso.datetime()' and return its ISO text",
  map: "a map, which JSON cannot hold; use 'z.record()'",
  set: "a set, which JSON cannot hold; use 'z.array()'",
  function: 'a function, which JSON cannot hold; remove it',
  undefined: "undefined, which JSON cannot hold; use 'z.null()', or '.optional()' for a field",
  void: "void, which JSON cannot hold; use 'z.null()', or remove 'output'",
  symbol: "a symbol, which JSON cannot hold; use 'z.string()'",
  nan: "NaN, which JSON cannot hold; use 'z.null()'",
  file: "a file, which JSON cannot hold; use a string, such as the file's address",
};

function outputFaults(schema: z.core.$ZodType): string[] {
  const faults = schemaParts(schema, { onlyOutput: true }).flatMap(({ schema: part, path }) => {
    const what = NOT_JSON[kindOf(part)];
    return what === undefined ? [] : [`${nameOf('output', path)} is ${what}`];
  });
  return unique(faults);
}

function kindOf({ _zod: { def } }: z.core.$ZodType): string {
  if (def.type !== 'literal') return def.type;
  const kinds = (def as z.core.$ZodLiteralDef<z.core.util.Literal>).values.map((value) => typeof value);
  return kinds.find((kind) => kind in NOT_JSON) ?? 'literal';
}

function nameOf(option: string, path: string): string {
  if (path === '') return `'${option}'`;
  return option === 'input' ? `argument '${path}' of 'input'` : `field '${path}' of '${option}'`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
