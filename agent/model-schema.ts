import { z } from 'zod';
import type { JsonObject } from '../providers/json-schema.ts';
import { withPreamble } from './preamble-property.ts';
import { toStrictSchema } from './strict-schema.ts';
import { isSchema, mapSchemas } from './subschemas.ts';

export interface InputSchema {
  readonly faults: readonly string[];
  /** What the model is told; strict where strict mode can say it. */
  readonly parameters: JsonObject;
  readonly strict: boolean;
  /** The arguments as the author wrote them. */
  readonly plain: JsonObject;
}

/** The JSON Schema of what a model writes, with or without a preamble, or why there is none. */
export function readInputSchema(input: z.core.$ZodObject, asksPreamble = false): InputSchema {
  const converted = convert(input);
  if (typeof converted === 'string') {
    return { faults: fieldFaults(input, converted), parameters: {}, strict: false, plain: {} };
  }
  const plain = tidy(inlineRoot(converted));
  const told = asksPreamble ? withPreamble(plain) : plain;
  const strict = toStrictSchema(told);
  return { faults: [], parameters: strict ?? told, strict: strict !== undefined, plain };
}

/** The arguments as JSON Schema, where those that it cannot say may be anything. */
export function toPlainSchema(input: z.core.$ZodObject): JsonObject {
  const converted = convert(input, 'any');
  return typeof converted === 'string' ? {} : tidy(inlineRoot(converted));
}

/** The schema, or zod's reason why JSON Schema cannot say it. */
function convert(schema: z.core.$ZodType, unrepresentable: 'throw' | 'any' = 'throw'): JsonObject | string {
  try {
    // As a plain document: zod adds a function, which is not data.
    return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable }))) as JsonObject;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}

function fieldFaults(input: z.core.$ZodObject, reason: string): string[] {
  const faults = Object.entries(input._zod.def.shape).flatMap(([name, field]) => {
    const converted = convert(field);
    return typeof converted === 'string' ? [unsayable(`argument '${name}' of 'input'`, converted)] : [];
  });
  return faults.length > 0 ? faults : [unsayable("'input'", reason)];
}

function unsayable(what: string, reason: string): string {
  return `${what} is nothing that a model can write: ${reason}; use a type that JSON has, such as 'z.iso.datetime()' for a date`;
}

/** A schema that has an id of its own is written as a reference, but the root must be an object. */
function inlineRoot(schema: JsonObject): JsonObject {
  if (typeof schema.$ref !== 'string' || !isSchema(schema.$defs)) return schema;
  const target = schema.$defs[schema.$ref.replace('#/$defs/', '')];
  return isSchema(target) ? { ...target, $defs: schema.$defs } : schema;
}

// OpenAI refuses a whole request for one such pattern, strict or not. What it would have excluded is found by the check.
const FOREIGN_PATTERN = /\(\?[=!<]|\\p\{/i;

/** Leaves out what models and providers have no use for, and nothing that an argument has to meet. */
function tidy(schema: JsonObject): JsonObject {
  const { $schema: _, ...rest } = mapSchemas(schema, (part) => {
    const kept = Object.entries(part).filter(([keyword, value]) => {
      if (keyword === 'id') return false;
      if (keyword === 'pattern') return !FOREIGN_PATTERN.test(String(value));
      return !(keyword === 'minimum' || keyword === 'maximum') || Math.abs(Number(value)) < Number.MAX_SAFE_INTEGER;
    });
    return Object.fromEntries(kept);
  });
  return rest;
}
