import { z } from 'zod';
import { isSchema, type JsonObject, mapSchemas } from '../../providers/json-schema.ts';
import { withPreamble } from './preamble-argument.ts';

export interface InputSchema {
  readonly faults: readonly string[];
  /** The arguments as the author wrote them. */
  readonly input: JsonObject;
  /** What the model gets: the same, after a preamble if it is asked for one. */
  readonly parameters: JsonObject;
}

/** The JSON Schema of the arguments that the model writes, or why there is none. */
export function readInputSchema(schema: z.core.$ZodObject, asksPreamble = false): InputSchema {
  const converted = convert(schema);
  if (typeof converted === 'string') return { faults: fieldFaults(schema, converted), input: {}, parameters: {} };
  const input = tidy(inlineRoot(converted));
  return { faults: [], input, parameters: asksPreamble ? withPreamble(input) : input };
}

/** The arguments as JSON Schema; one that JSON Schema cannot express may be anything. */
export function toInputSchema(schema: z.core.$ZodObject): JsonObject {
  const converted = convert(schema, { unrepresentable: 'any' });
  return typeof converted === 'string' ? {} : tidy(inlineRoot(converted));
}

/** What an input accepts, which is more than what the model is asked for: a schema that coerces takes anything. */
export function toAcceptedSchema(schema: z.core.$ZodObject): JsonObject {
  const override: z.core.ToJSONSchemaParams['override'] = ({ zodSchema, jsonSchema }) => {
    if (!('coerce' in zodSchema._zod.def && zodSchema._zod.def.coerce === true)) return;
    for (const keyword of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, keyword);
  };
  const converted = convert(schema, { unrepresentable: 'any', override });
  return typeof converted === 'string' ? {} : inlineRoot(converted);
}

/** A result as JSON Schema, as far as that can express it. */
export function toOutputSchema(schema: z.core.$ZodType): JsonObject {
  const converted = convert(schema, { io: 'output', unrepresentable: 'any' });
  return typeof converted === 'string' ? {} : converted;
}

/**
 * The schema without the arguments that other tools fill. Rules for the whole object are left out, as they need all
 * arguments.
 */
export function withoutFilled(schema: z.core.$ZodObject, filled: readonly string[]): z.core.$ZodObject {
  if (filled.length === 0) return schema;
  const { def } = schema._zod;
  const kept = Object.entries(def.shape).filter(([name]) => !filled.includes(name));
  return z.core.clone(schema, { ...def, shape: Object.fromEntries(kept), checks: [] });
}

/** The JSON Schema, or zod's reason why there is none. */
function convert(
  schema: z.core.$ZodType,
  options: Pick<z.core.ToJSONSchemaParams, 'io' | 'unrepresentable' | 'override'> = {},
): JsonObject | string {
  try {
    // As a plain document: zod adds a function.
    return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', ...options }))) as JsonObject;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}

function fieldFaults(schema: z.core.$ZodObject, reason: string): string[] {
  const faults = Object.entries(schema._zod.def.shape).flatMap(([name, field]) => {
    const converted = convert(field);
    return typeof converted === 'string' ? [cannotBeJson(`argument '${name}' of 'input'`, converted)] : [];
  });
  return faults.length > 0 ? faults : [cannotBeJson("'input'", reason)];
}

function cannotBeJson(what: string, reason: string): string {
  return `${what} cannot be written as JSON Schema: ${reason}; use a type that JSON has, e.g. 'z.iso.datetime()' for a date`;
}

/** zod writes a schema with an id of its own as a reference, but the root must be an object. */
function inlineRoot(schema: JsonObject): JsonObject {
  if (typeof schema.$ref !== 'string' || !isSchema(schema.$defs)) return schema;
  const target = schema.$defs[schema.$ref.replace('#/$defs/', '')];
  return isSchema(target) ? { ...target, $defs: schema.$defs } : schema;
}

/** Removes what zod adds and no model needs: its ids, and the range of every safe integer. */
function tidy(schema: JsonObject): JsonObject {
  const { $schema: _, ...rest } = mapSchemas(schema, (part) => {
    const kept = Object.entries(part).filter(([keyword, value]) => {
      if (keyword === 'id') return false;
      return !(keyword === 'minimum' || keyword === 'maximum') || Math.abs(Number(value)) < Number.MAX_SAFE_INTEGER;
    });
    return Object.fromEntries(kept);
  });
  return rest;
}
