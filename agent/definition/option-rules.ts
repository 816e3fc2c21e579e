import { nearestName } from './nearest-name.ts';

/** What one option of a definition has to be. */
export interface OptionRule {
  readonly required: boolean;
  readonly accepts: (value: unknown) => boolean;
  /** Completes "it must be …", with an example where that helps. */
  readonly mustBe: string;
  /** Names a value that is often given in its place; undefined for any other. */
  readonly nameOf?: (value: unknown) => string | undefined;
}

type OptionRules = Readonly<Record<string, OptionRule>>;

// Node's timers overflow after 24.8 days and would fire at once; a spoken turn needs no more than a day.
const MAX_DURATION_MS = 86_400_000;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const AGENT_NAME = /^[a-z0-9-]{1,64}$/;

export function required(rule: OptionRule): OptionRule {
  return { ...rule, required: true };
}

export function optional(mustBe: string, accepts: OptionRule['accepts']): OptionRule {
  return { required: false, accepts, mustBe };
}

/** `meaning` says what the text is for. */
export function text(meaning: string): OptionRule {
  return optional(`a non-empty string: ${meaning}`, isText);
}

export function wholeNumber(from: number, to: number): OptionRule {
  return optional(`a whole number from ${from} to ${to}`, (value) => isWhole(value, from, to));
}

export function oneOf(...values: readonly string[]): OptionRule {
  return optional(values.map((value) => `'${value}'`).join(' or '), (value) => values.includes(value as string));
}

export const duration: OptionRule = milliseconds(1, 1_000);
/** Unlike a duration, a wait may be 0. */
export const wait: OptionRule = milliseconds(0, 500);

function milliseconds(from: number, example: number): OptionRule {
  return optional(`a whole number of milliseconds from ${from} to ${MAX_DURATION_MS}, e.g. ${example}`, (value) =>
    isWhole(value, from, MAX_DURATION_MS),
  );
}

export const flag: OptionRule = optional('a boolean', (value) => typeof value === 'boolean');

/** The agent's name is part of URLs and of the names of task queues. */
export const agentName: OptionRule = required(
  optional("1 to 64 lower-case letters, digits and hyphens, e.g. 'order-desk'", (value) => matches(AGENT_NAME, value)),
);

/** The names that the OpenAI wire accepts for a function. */
export const toolName: OptionRule = required(
  optional("1 to 64 letters, digits, underscores and hyphens, e.g. 'find_order'", (value) => matches(TOOL_NAME, value)),
);

/** Of tools-only workers: it is part of the name of a task queue. */
export const groupName: OptionRule = optional(
  "the name of a group of tools-only workers: 1 to 64 letters, digits, underscores and hyphens, e.g. 'warehouse'",
  (value) => matches(TOOL_NAME, value),
);

/** Unknown options, missing ones, and values that their rule does not accept. An option set to undefined is absent. */
export function optionFaults(options: object, rules: OptionRules): string[] {
  const given = new Map<string, unknown>(Object.entries(options).filter(([, value]) => value !== undefined));
  const unknown = [...given.keys()].filter((name) => !Object.hasOwn(rules, name));
  const faults = unknown.map((name) => unknownOption(name, rules));
  for (const [name, { accepts, mustBe, nameOf, required: isRequired }] of Object.entries(rules)) {
    if (given.has(name)) {
      const value = given.get(name);
      if (!accepts(value)) faults.push(`'${name}' must be ${mustBe}; got ${nameOf?.(value) ?? describeValue(value)}`);
    } else if (isRequired) {
      faults.push(`'${name}' is missing; it must be ${mustBe}`);
    }
  }
  return faults;
}

/** What other frameworks call an option, and its name here. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  ...{ parameters: 'input', inputSchema: 'input', schema: 'input', outputSchema: 'output' },
  ...{ execute: 'run', handler: 'run', func: 'run' },
  ...{ systemPrompt: 'instructions', system: 'instructions', prompt: 'instructions' },
  ...{ maxTurns: 'maxRounds', maxSteps: 'maxRounds' },
};

function unknownOption(name: string, rules: OptionRules): string {
  const names = Object.keys(rules);
  const here = FIELD_NAMES[name];
  if (here !== undefined && names.includes(here)) return `'${name}' is not an option; in Legato this is '${here}'`;
  const meant = nearestName(name, names);
  if (meant !== undefined) return `'${name}' is not an option; did you mean '${meant}'?`;
  return `'${name}' is not an option; remove it, the options are ${names.map((known) => `'${known}'`).join(', ')}`;
}

const MAX_QUOTED_CHARS = 60;

/** A value as an error text quotes it, e.g. `the string "1000"`. */
export function describeValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return `the string "${value.length > MAX_QUOTED_CHARS ? `${value.slice(0, MAX_QUOTED_CHARS)}…` : value}"`;
}

/** A function that returns its value and no promise, as far as can be seen without calling it. */
export function isSynchronous(value: unknown): boolean {
  return typeof value === 'function' && !isAsynchronous(value);
}

export function isAsynchronous(value: unknown): boolean {
  return typeof value === 'function' && Object.prototype.toString.call(value).includes('Async');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isWhole(value: unknown, from: number, to: number): boolean {
  return Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

export function withoutUndefined<T extends object>(options: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
