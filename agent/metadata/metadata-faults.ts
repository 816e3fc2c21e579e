import type { z } from 'zod';
import { propertiesOf } from '../../providers/json-schema.ts';
import { suggestName } from '../definition/nearest-name.ts';
import { asynchronousFaults } from '../definition/schema-faults.ts';
import { isObjectSchema } from '../definition/tool-rules.ts';
import { toOutputSchema } from '../schema/input-schema.ts';
import { neverFits } from '../schema/never-fits.ts';
import { isSecret } from './secret.ts';

type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** Types of zod that read no text, and what does. */
const NOT_TEXT: Readonly<Record<string, string>> = {
  number: "a number; use 'z.coerce.number()'",
  int: "a number; use 'z.coerce.number().int()'",
  boolean: "a boolean; use 'z.stringbool()'",
  bigint: "a bigint; use 'z.coerce.bigint()'",
  date: "a date; use 'z.coerce.date()'",
  ...Object.fromEntries(
    [
      'object',
      'array',
      'tuple',
      'record',
      'map',
      'set',
      'null',
      'undefined',
      'void',
      'nan',
      'symbol',
      'function',
      'file',
    ].map((type) => [type, `of type ${type}; use 'z.string()', with '.transform(…)' if it holds more`]),
  ),
};

/** What is wrong with a schema of metadata by itself. */
export function metadataFaults(schema: unknown): string[] {
  if (!isObjectSchema(schema)) return [];
  const fields = Object.entries(schema._zod.def.shape as Shape).flatMap(([name, field]) => {
    const why = whyNotText(field);
    return why === undefined ? [] : [`field '${name}' of 'metadata' ${why}`];
  });
  return [...fields, ...asynchronousFaults('metadata', schema)];
}

function whyNotText(field: z.core.$ZodType): string | undefined {
  const read = whatIsRead(field);
  const { type, coerce } = read._zod.def as { readonly type: string; readonly coerce?: boolean };
  if (coerce) return whyNotCoerced(type);
  const what = NOT_TEXT[type];
  return what === undefined ? undefined : `reads no text, which metadata is on the wire: it is ${what}`;
}

/** Coercions that take what they should refuse. */
function whyNotCoerced(type: string): string | undefined {
  if (type === 'boolean') return "is true for the text 'false'; use 'z.stringbool()'";
  if (type === 'string') return "is the text 'undefined' where it is missing; use 'z.string()'";
  return undefined;
}

/** The schema that gets the text: inside of what may stand around it. */
function whatIsRead(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType, in: input } = schema._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  const inner = innerType ?? input;
  return inner === undefined ? schema : whatIsRead(inner);
}

/** Where tools need other metadata than the agent has. `tools`: as they were given. */
export function metadataLinkFaults(agent: unknown, tools: readonly Readonly<Record<string, unknown>>[]): string[] {
  const own = isObjectSchema(agent) ? agent : undefined;
  return tools.flatMap(({ name, metadata }) => {
    if (!isObjectSchema(metadata)) return [];
    return fieldFaults(own, metadata).map((fault) => `tool '${String(name)}': ${fault}`);
  });
}

function fieldFaults(agent: z.core.$ZodObject | undefined, tool: z.core.$ZodObject): string[] {
  const needed = tool._zod.def.shape as Shape;
  const names = Object.keys(needed).map((name) => `'${name}'`);
  if (agent === undefined) {
    if (Object.values(needed).every(isOptional)) return [];
    return [`it needs metadata (${names.join(', ')}), but the agent has no 'metadata'; give both the same schema`];
  }
  const given = agent._zod.def.shape as Shape;
  const outputs = { given: propertiesOf(toOutputSchema(agent)), needed: propertiesOf(toOutputSchema(tool)) };
  return Object.entries(needed).flatMap(([name, field]) => {
    const other = given[name];
    if (other === field) return [];
    if (other === undefined) return isOptional(field) ? [] : [unknownField(name, Object.keys(given))];
    if (isSecret(other) !== isSecret(field)) return [secretInOne(name, isSecret(other) ? 'agent' : 'tool')];
    if (isOptional(other) && !isOptional(field))
      return [
        `it needs metadata '${name}', which the agent's schema lets be missing; make it optional in both or in none`,
      ];
    const [one, two] = [outputs.given[name] ?? {}, outputs.needed[name] ?? {}];
    const reason = neverFits({ root: one, schema: one }, { root: two, schema: two });
    return reason === undefined
      ? []
      : [`its metadata '${name}' does not fit: the agent's ${reason}; use one schema in both`];
  });
}

function unknownField(name: string, names: readonly string[]): string {
  return `it needs metadata '${name}', which the agent's schema does not have; ${suggestName(name, names, 'fields')}`;
}

function secretInOne(name: string, where: 'agent' | 'tool'): string {
  const [one, other] = where === 'agent' ? ["the agent's schema", "the tool's"] : ["the tool's schema", "the agent's"];
  return `metadata '${name}' is secret in ${one} and not in ${other}; use 'secret(…)' in both`;
}

function isOptional(schema: z.core.$ZodType): boolean {
  return schema._zod.optout === 'optional';
}
