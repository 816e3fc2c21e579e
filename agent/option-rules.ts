import type { OptionRule } from './definition-faults.ts';

// Timers of Node overflow beyond 24.8 days and would fire at once; a turn that is spoken needs no more than a day.
const MAX_DURATION_MS = 86_400_000;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const AGENT_NAME = /^[a-z0-9-]{1,64}$/;

const isText = (value: unknown) => typeof value === 'string' && value.trim() !== '';
const isWhole = (value: unknown, from: number, to: number) =>
  Number.isInteger(value) && Number(value) >= from && Number(value) <= to;

export const required = (rule: OptionRule): OptionRule => ({ ...rule, required: true });

export const text = (give: string): OptionRule => ({
  required: false,
  accepts: isText,
  kind: 'a text with words in it',
  give,
});

export const wholeNumber = (from: number, to: number): OptionRule => ({
  required: false,
  accepts: (value) => isWhole(value, from, to),
  kind: `a whole number from ${from} to ${to}`,
  give: 'one that is',
});

export const duration: OptionRule = {
  required: false,
  accepts: (value) => isWhole(value, 1, MAX_DURATION_MS),
  kind: 'a duration',
  give: `a whole number of ms from 1 to ${MAX_DURATION_MS}`,
};

/** A wait may be none at all. */
export const wait: OptionRule = {
  required: false,
  accepts: (value) => isWhole(value, 0, MAX_DURATION_MS),
  kind: 'a duration',
  give: `a whole number of ms from 0 to ${MAX_DURATION_MS}`,
};

/** It stands in URLs and in names of task queues. */
export const agentName: OptionRule = {
  required: true,
  accepts: (value) => typeof value === 'string' && AGENT_NAME.test(value),
  kind: 'a name of an agent',
  give: '1 to 64 lower-case letters, digits and hyphens',
};

/** What the OpenAI wire takes as the name of a function. */
export const toolName: OptionRule = {
  required: true,
  accepts: (value) => typeof value === 'string' && TOOL_NAME.test(value),
  kind: 'a name of a tool',
  give: '1 to 64 letters, digits, underscores and hyphens',
};

export const oneOf = (...values: readonly string[]): OptionRule => ({
  required: false,
  accepts: (value) => values.includes(value as string),
  kind: 'one of its values',
  give: values.map((value) => `'${value}'`).join(' or '),
});

export const flag: OptionRule = {
  required: false,
  accepts: (value) => typeof value === 'boolean',
  kind: 'a yes or no',
  give: "'true' or 'false'",
};

/** A function whose value is needed at once. */
export function isSynchronous(value: unknown): boolean {
  return typeof value === 'function' && !Object.prototype.toString.call(value).includes('Async');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
