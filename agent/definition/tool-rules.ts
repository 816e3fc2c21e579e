import type { z } from 'zod';
import type { FailureOptions, FillerOptions, RetryOptions, ToolDefinition } from '../define-tool.ts';
import { arePhrases } from './author-functions.ts';
import {
  describeValue,
  duration,
  flag,
  groupName,
  isRecord,
  isSynchronous,
  isText,
  oneOf,
  optional,
  optionFaults,
  type OptionRule,
  required,
  text,
  toolName,
  wait,
  wholeNumber,
} from './option-rules.ts';

const say = optional(
  'a phrase, a list of phrases, or a function of the arguments and the turn that returns either at once, not a promise',
  (value) => arePhrases(value) || isSynchronous(value),
);

export const fillers = optional("a list of '{ afterMs, say }'", (value) => Array.isArray(value));

export const metadataRule = optional(
  "an object schema of zod 4 that reads text, e.g. 'z.object({ tenant: z.string() })'",
  isObjectSchema,
);

/** Every option of `defineTool`. */
export const toolRules: Record<keyof ToolDefinition, OptionRule> = {
  name: toolName,
  description: required(text('when to use the tool and what it returns, for the model')),
  input: required({
    ...optional("an object schema of zod 4: 'z.object({ … })', or 'z.object({})' without arguments", isObjectSchema),
    nameOf: nameOfSchema,
  }),
  output: { ...optional('a schema of zod 4', isZodSchema), nameOf: nameOfSchema },
  metadata: metadataRule,
  effect: required(
    optional(
      "'read' if the tool may run more than once or for nothing, 'write' if it changes the world",
      (value) => value === 'read' || value === 'write',
    ),
  ),
  start: oneOf('at_once', 'after_speech_starts', 'after_speech'),
  preamble: optional(
    "'auto', 'force', 'off', or '{ force: … }' with a phrase or a list of phrases",
    (value) => isRecord(value) || ['auto', 'force', 'off'].includes(value as string),
  ),
  fillers,
  onBargeIn: oneOf('cancel', 'continue', 'block'),
  onDuplicate: oneOf('join', 'allow', 'reject'),
  timeoutMs: duration,
  budgetMs: duration,
  idempotent: flag,
  retry: optional("'{ attempts, firstDelayMs }', or one of these, e.g. '{ attempts: 3 }'", isRecord),
  onFailure: optional("'{ say, guide, fallback }', or some of these", isRecord),
  requires: optional("sources by argument, e.g. '{ order_id: from('find_order', 'order_id') }'", isRecord),
  after: optional(
    "a list of names of tools, e.g. '['find_order']'",
    (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  ),
  rejectIf: optional(
    'a function of arguments, transcript and turn that returns a reason or undefined at once, not a promise',
    isSynchronous,
  ),
  cacheMs: wait,
  thread: flag,
  worker: groupName,
  reconcile: optional(
    'a function of arguments, idempotency key and context that answers whether the write happened',
    (value) => typeof value === 'function',
  ),
  run: required(optional('a function', (value) => typeof value === 'function')),
};

export const retryRules: Record<keyof RetryOptions, OptionRule> = {
  attempts: wholeNumber(1, 100),
  firstDelayMs: wait,
};

export const fillerRules: Record<keyof FillerOptions<never>, OptionRule> = {
  afterMs: required(wait),
  say: required(say),
};

export const failureRules: Record<keyof FailureOptions<never>, OptionRule> = {
  say,
  guide: text('a hint for the model'),
  fallback: text('the name of another tool'),
};

export const forcedPreambleRules: Record<'force', OptionRule> = {
  force: required(optional('a phrase or a list of phrases', arePhrases)),
};

/** The faults of single fillers, and of their order. `rules` are those of one filler. */
export function fillerFaults(given: unknown, rules: Readonly<Record<string, OptionRule>>): string[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((filler: unknown, index) => {
    if (!isRecord(filler))
      return [`'fillers': filler ${index + 1} must be '{ afterMs, say }'; got ${describeValue(filler)}`];
    const faults = optionFaults(filler, rules);
    const previous: unknown = given[index - 1];
    const before = isRecord(previous) ? previous.afterMs : undefined;
    if (faults.length === 0 && typeof before === 'number' && Number(filler.afterMs) <= before) {
      faults.push(
        `'afterMs' must be greater than that of the filler before it, ${before}; got ${Number(filler.afterMs)}`,
      );
    }
    faults.push(...repeatedPhrases('say', filler.say));
    return faults.map((fault) => `'fillers': filler ${index + 1}: ${fault}`);
  });
}

/** The same phrase is never said twice in a row: a list that has it twice says less than it seems to. */
export function repeatedPhrases(name: string, phrases: unknown): string[] {
  if (!Array.isArray(phrases) || !phrases.every(isText)) return [];
  const repeated = new Set(phrases.filter((phrase, index) => phrases.indexOf(phrase) !== index));
  return [...repeated].map((phrase) => `'${name}' has ${describeValue(phrase)} twice; remove one`);
}

export function isSource(value: unknown): value is { readonly tool: string; readonly field: string } {
  return isRecord(value) && typeof value.tool === 'string' && typeof value.field === 'string';
}

export function isObjectSchema(value: unknown): value is z.core.$ZodObject {
  return isZodSchema(value) && value._zod.def.type === 'object';
}

/** A schema that is not the one wanted, as its author would call it. */
function nameOfSchema(value: unknown): string | undefined {
  if (isZodSchema(value)) return `the schema of zod 4 for the type '${value._zod.def.type}'`;
  if (!isRecord(value)) return undefined;
  if ('_def' in value) return "a schema of zod 3; install zod 4 and import it from 'zod'";
  const isJsonSchema = typeof value.type === 'string' || 'properties' in value || '$schema' in value;
  return isJsonSchema ? 'a JSON Schema, which Legato makes itself from a schema of zod' : undefined;
}

export function isZodSchema(value: unknown): value is z.core.$ZodType {
  return isRecord(value) && isRecord(value._zod) && isRecord(value._zod.def);
}
