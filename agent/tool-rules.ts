import type { z } from 'zod';
import type { FailureOptions, FillerOptions, RetryOptions, ToolDefinition } from './define-tool.ts';
import type { OptionRule } from './definition-faults.ts';
import {
  duration,
  flag,
  isRecord,
  isSynchronous,
  oneOf,
  required,
  text,
  toolName,
  wait,
  wholeNumber,
} from './option-rules.ts';
import { arePhrases } from './phrases.ts';

const run: OptionRule = {
  required: true,
  accepts: (value) => typeof value === 'function',
  kind: 'a function',
  give: 'one',
};

const say: OptionRule = {
  required: false,
  accepts: (value) => arePhrases(value) || isSynchronous(value),
  kind: 'something to say',
  give: 'a phrase, a list of phrases, or a function of the arguments that returns either, and no promise',
};

const toolNames: OptionRule = {
  required: false,
  accepts: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  kind: 'a list of names of tools',
  give: "one, such as '['find_order']'",
};

export const fillers: OptionRule = {
  required: false,
  accepts: (value) => Array.isArray(value) && value.every(isRecord),
  kind: 'a list of fillers',
  give: "a list of '{ afterMs, say }'",
};

/** Every option of `defineTool`. */
export const toolRules: Record<keyof ToolDefinition, OptionRule> = {
  name: toolName,
  description: required(text('when to use the tool and what it gives, for the model')),
  input: {
    required: true,
    accepts: isObjectSchema,
    kind: 'an object schema of zod 4',
    give: "'z.object({ … })'; without arguments, 'z.object({})'",
  },
  output: { required: false, accepts: isZodSchema, kind: 'a schema of zod 4', give: 'one, or leave it out' },
  effect: {
    required: true,
    accepts: (value) => value === 'read' || value === 'write',
    kind: 'an effect',
    give: "'read' if the tool may be run again or in vain, 'write' if it changes the world",
  },
  start: oneOf('at_once', 'after_speech_starts', 'after_speech'),
  preamble: {
    required: false,
    accepts: (value) => isRecord(value) || ['auto', 'force', 'off'].includes(value as string),
    kind: 'a way to speak before the tool',
    give: "'auto', 'force', 'off', or '{ force: … }' with a phrase or a list of phrases",
  },
  fillers,
  onBargeIn: oneOf('cancel', 'continue', 'block'),
  timeoutMs: duration,
  budgetMs: duration,
  retry: { required: false, accepts: isRecord, kind: 'a retry policy', give: "'{ attempts, firstDelayMs }'" },
  onFailure: {
    required: false,
    accepts: isRecord,
    kind: 'what to do about a failure',
    give: "'{ say, guide, fallback }', or some of these",
  },
  requires: {
    required: false,
    accepts: isRecord,
    kind: 'sources by argument',
    give: "such as '{ order_id: from('find_order', 'order_id') }'",
  },
  after: toolNames,
  rejectIf: {
    required: false,
    accepts: isSynchronous,
    kind: 'a function that decides at once',
    give: 'one of arguments and transcript that returns a reason, or undefined, and no promise',
  },
  cacheMs: wait,
  thread: flag,
  run,
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
  force: {
    required: true,
    accepts: arePhrases,
    kind: 'something to say',
    give: 'a phrase or a list of phrases',
  },
};

export function isSource(value: unknown): value is { readonly tool: string; readonly field: string } {
  return isRecord(value) && typeof value.tool === 'string' && typeof value.field === 'string';
}

export function isObjectSchema(value: unknown): value is z.core.$ZodObject {
  return isZodSchema(value) && value._zod.def.type === 'object';
}

function isZodSchema(value: unknown): value is z.core.$ZodType {
  return isRecord(value) && isRecord(value._zod) && isRecord(value._zod.def);
}
