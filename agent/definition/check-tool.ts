import type { z } from 'zod';
import { PREAMBLE } from '../../contract/rounds.ts';
import type { Tool, ToolSource } from '../agent.ts';
import type { ToolDefinition } from '../define-tool.ts';
import { type InputSchema, readInputSchema, withoutFilled } from '../schema/input-schema.ts';
import { createTool } from './create-tool.ts';
import { suggestName } from './nearest-name.ts';
import { describeValue, isRecord, optionFaults, type OptionRule } from './option-rules.ts';
import { metadataFaults } from '../metadata/metadata-faults.ts';
import { readLinks, type ToolLinks } from './tool-links.ts';
import { schemaFaults } from './schema-faults.ts';
import { timeFaults } from './time-faults.ts';
import {
  failureRules,
  fillerFaults,
  fillerRules,
  forcedPreambleRules,
  isObjectSchema,
  isSource,
  isZodSchema,
  repeatedPhrases,
  retryRules,
  toolRules,
} from './tool-rules.ts';

type Given = Readonly<Record<string, unknown>>;

/** The result of checking a tool's definition by itself. */
export interface CheckedTool {
  /** How faults name the tool. */
  readonly label: string;
  readonly faults: readonly string[];
  /** What it says about other tools; absent if it has no name. */
  readonly links?: ToolLinks;
  /** Absent if there are faults. `tools` need not have the others yet. */
  readonly create?: (tools: ToolSource) => Tool;
}

export function checkTool(given: unknown, index: number): CheckedTool {
  if (!isRecord(given)) {
    const fault = `it must be what 'defineTool' returns; got ${describeValue(given)}`;
    return { label: `tool ${index + 1}`, faults: [fault] };
  }
  const faults = toolFaults(given);
  const hasName = typeof given.name === 'string' && given.name !== '';
  const label = hasName ? `tool '${String(given.name)}'` : `tool ${index + 1}`;
  const schema = readModelSchema(given);
  faults.push(...(schema?.faults ?? []));
  const links = hasName ? { links: readLinks(given, schema?.input ?? {}) } : {};
  if (faults.length > 0 || schema === undefined) return { label, faults, ...links };
  const definition = given as unknown as ToolDefinition;
  return { label, faults, ...links, create: (tools) => createTool(definition, schema, tools) };
}

/** The schema of the arguments that the model writes. */
function readModelSchema({ input, requires, preamble }: Given): InputSchema | undefined {
  if (!isObjectSchema(input)) return undefined;
  const filled = isRecord(requires) ? Object.keys(requires) : [];
  return readInputSchema(withoutFilled(input, filled), preamble !== 'off');
}

/** What is wrong with a tool by itself. What it says about other tools is checked when all of them are known. */
function toolFaults(given: Given): string[] {
  return [
    ...optionFaults(given, toolRules),
    ...partFaults('preamble', given.preamble, forcedPreambleRules),
    ...fillerFaults(given.fillers, fillerRules),
    ...partFaults('retry', given.retry, retryRules),
    ...partFaults('onFailure', given.onFailure, failureRules),
    ...writeFaults(given),
    ...timeFaults(given),
    ...metadataFaults(given.metadata),
    ...(isObjectSchema(given.input) ? argumentFaults(given.input, given.requires) : []),
    ...(isObjectSchema(given.input) ? schemaFaults('input', given.input) : []),
    ...(isZodSchema(given.output) ? schemaFaults('output', given.output) : []),
  ];
}

function partFaults(name: string, part: unknown, rules: Readonly<Record<string, OptionRule>>): string[] {
  if (!isRecord(part)) return [];
  const repeated = [...repeatedPhrases('say', part.say), ...repeatedPhrases('force', part.force)];
  return [...optionFaults(part, rules), ...repeated].map((fault) => `'${name}': ${fault}`);
}

function writeFaults({ effect, retry, cacheMs, onBargeIn, idempotent, reconcile }: Given): string[] {
  if (effect === 'read') {
    const unneeded = Object.entries({ idempotent: idempotent === true, reconcile: reconcile !== undefined });
    return unneeded.flatMap(([name, isGiven]) =>
      isGiven ? [`'${name}' is for a write; a read may always run again, so remove it`] : [],
    );
  }
  if (effect !== 'write') return [];
  const faults: string[] = [];
  if (idempotent === true && reconcile !== undefined) {
    faults.push(
      `'reconcile' is given and 'idempotent' is true, so nothing has to be asked before the write runs again; remove 'reconcile', or 'idempotent' if it may not run twice`,
    );
  }
  if (onBargeIn === 'cancel') {
    faults.push(
      `'onBargeIn' is 'cancel', but a write that has begun is never cancelled; use 'continue' or 'block', or remove it`,
    );
  }
  if (isRecord(retry) && typeof retry.attempts === 'number' && retry.attempts > 1 && idempotent !== true) {
    faults.push(
      `'retry': 'attempts' is ${retry.attempts}, but a write has one attempt, as a second one could do it twice; remove it, or set 'idempotent: true' if the other side does a repeated 'idempotencyKey' once`,
    );
  }
  if (typeof cacheMs === 'number' && cacheMs > 0) {
    faults.push(`'cacheMs' is ${cacheMs}, but a write has to be done each time; remove it`);
  }
  return faults;
}

function argumentFaults(input: z.core.$ZodObject, requires: unknown): string[] {
  const names = Object.keys(input._zod.def.shape);
  const faults: string[] = [];
  if (names.includes(PREAMBLE)) {
    faults.push(`'input' has an argument '${PREAMBLE}', a name that Legato uses itself; rename it`);
  }
  for (const [argument, source] of Object.entries(isRecord(requires) ? requires : {})) {
    if (!names.includes(argument)) {
      faults.push(`'requires': 'input' has no argument '${argument}'; ${suggestName(argument, names, 'arguments')}`);
    } else if (!isSource(source)) {
      faults.push(`'requires': '${argument}' must be 'from('a_tool', 'a_field')'; got ${describeValue(source)}`);
    }
  }
  return faults;
}
