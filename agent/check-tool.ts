import type { z } from 'zod';
import type { ToolPolicy } from '../contract/rounds.ts';
import type { Tool } from './agent.ts';
import { createArgumentCheck, createResultCheck } from './check-values.ts';
import type { RetryOptions, ToolDefinition } from './define-tool.ts';
import { optionFaults, type OptionRule, shown } from './definition-faults.ts';
import { readInputSchema } from './model-schema.ts';
import { duration, required, text, toolName, wait, wholeNumber } from './option-rules.ts';

/** What checking a tool's definition came to: a tool if there are no faults. */
export interface CheckedTool {
  /** How faults name the tool. */
  readonly label: string;
  readonly faults: readonly string[];
  readonly tool?: Tool;
}

const TIMEOUT_MS = 2000;
const BUDGET_MS = 3000;
const READ_ATTEMPTS = 2;
const FIRST_DELAY_MS = 100;

const rules: Record<keyof ToolDefinition, OptionRule> = {
  name: toolName,
  description: required(text('when to use the tool and what it gives, for the model')),
  input: {
    required: true,
    accepts: (value) => isZodSchema(value) && value._zod.def.type === 'object',
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
  timeoutMs: duration,
  budgetMs: duration,
  retry: { required: false, accepts: isRecord, kind: 'a retry policy', give: "'{ attempts, firstDelayMs }'" },
  run: { required: true, accepts: (value) => typeof value === 'function', kind: 'a function', give: 'one' },
};

const retryRules: Record<keyof RetryOptions, OptionRule> = {
  attempts: wholeNumber(1, 100),
  firstDelayMs: wait,
};

export function checkTool(given: unknown, index: number): CheckedTool {
  if (!isRecord(given)) {
    return {
      label: `tool ${index + 1}`,
      faults: [`it is ${shown(given)}, not a tool; give what 'defineTool' returns`],
    };
  }
  const label = typeof given.name === 'string' && given.name !== '' ? `tool '${given.name}'` : `tool ${index + 1}`;
  const definition = given as unknown as ToolDefinition;
  const faults = optionFaults(given, rules);
  faults.push(...retryFaults(definition), ...budgetFaults(definition));
  if (!rules.input.accepts(given.input)) return { label, faults };

  const schema = readInputSchema(definition.input);
  faults.push(...schema.faults);
  if (faults.length > 0) return { label, faults };
  const { name, description, input, output, run } = definition;
  const tool: Tool = {
    name,
    description,
    policy: toPolicy(definition),
    parameters: schema.parameters,
    strict: schema.strict,
    checkArguments: createArgumentCheck(name, input, schema.plain),
    checkResult: createResultCheck(name, output),
    run: run as Tool['run'],
  };
  return { label, faults, tool };
}

function retryFaults({ effect, retry }: ToolDefinition): string[] {
  if (!isRecord(retry)) return [];
  const faults = optionFaults(retry, retryRules).map((fault) => `'retry': ${fault}`);
  if (effect === 'write' && typeof retry.attempts === 'number' && retry.attempts > 1) {
    faults.push(
      `'retry': 'attempts' is '${retry.attempts}', but a write has one attempt, as a second one could do it twice; leave it out`,
    );
  }
  return faults;
}

function budgetFaults({ timeoutMs = TIMEOUT_MS, budgetMs = BUDGET_MS }: ToolDefinition): string[] {
  if (!(timeoutMs > budgetMs)) return [];
  return [
    `'timeoutMs' is '${timeoutMs}', more than 'budgetMs' of '${budgetMs}'; raise 'budgetMs' or lower 'timeoutMs'`,
  ];
}

function toPolicy({ effect, timeoutMs, budgetMs, retry }: ToolDefinition): ToolPolicy {
  return {
    effect,
    timeoutMs: timeoutMs ?? TIMEOUT_MS,
    budgetMs: budgetMs ?? BUDGET_MS,
    attempts: retry?.attempts ?? (effect === 'read' ? READ_ATTEMPTS : 1),
    firstDelayMs: retry?.firstDelayMs ?? FIRST_DELAY_MS,
  };
}

function isZodSchema(value: unknown): value is z.core.$ZodType {
  return isRecord(value) && isRecord(value._zod) && isRecord(value._zod.def);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
