import type { z } from 'zod';
import { optionFaults, type OptionRule, shown } from './definition-faults.ts';
import { suggestName } from './nearest-name.ts';
import { isRecord } from './option-rules.ts';
import { PREAMBLE } from './preamble-property.ts';
import { BUDGET_MS, TIMEOUT_MS } from './tool-policy.ts';
import {
  failureRules,
  fillerRules,
  forcedPreambleRules,
  isObjectSchema,
  isSource,
  retryRules,
  toolRules,
} from './tool-rules.ts';

type Given = Readonly<Record<string, unknown>>;

/** What is wrong with a tool by itself. What it says of other tools is looked at with all of them there. */
export function toolFaults(given: Given): string[] {
  return [
    ...optionFaults(given, toolRules),
    ...partFaults('preamble', given.preamble, forcedPreambleRules),
    ...fillerFaults(given.fillers, fillerRules),
    ...partFaults('retry', given.retry, retryRules),
    ...partFaults('onFailure', given.onFailure, failureRules),
    ...writeFaults(given),
    ...budgetFaults(given),
    ...(isObjectSchema(given.input) ? argumentFaults(given.input, given.requires) : []),
  ];
}

function partFaults(name: string, part: unknown, rules: Readonly<Record<string, OptionRule>>): string[] {
  return isRecord(part) ? optionFaults(part, rules).map((fault) => `'${name}': ${fault}`) : [];
}

/** What is wrong with single fillers, and with their order. */
export function fillerFaults(fillers: unknown, rules: Readonly<Record<string, OptionRule>>): string[] {
  if (!Array.isArray(fillers) || !fillers.every(isRecord)) return [];
  return fillers.flatMap((filler, index) => {
    const faults = optionFaults(filler, rules);
    const before = fillers[index - 1]?.afterMs;
    if (faults.length === 0 && typeof before === 'number' && Number(filler.afterMs) <= before) {
      faults.push(
        `'afterMs' is '${Number(filler.afterMs)}', not after the one before it at '${before}'; put them in the order of 'afterMs'`,
      );
    }
    return faults.map((fault) => `'fillers': filler ${index + 1}: ${fault}`);
  });
}

function writeFaults({ effect, retry, cacheMs, onBargeIn }: Given): string[] {
  if (effect !== 'write') return [];
  const faults: string[] = [];
  if (onBargeIn === 'cancel') {
    faults.push(
      `'onBargeIn' is 'cancel', but a write that has begun is never cancelled; give 'continue' or 'block', or leave it out`,
    );
  }
  if (isRecord(retry) && typeof retry.attempts === 'number' && retry.attempts > 1) {
    faults.push(
      `'retry': 'attempts' is '${retry.attempts}', but a write has one attempt, as a second one could do it twice; leave it out`,
    );
  }
  if (typeof cacheMs === 'number' && cacheMs > 0) {
    faults.push(`'cacheMs' is '${cacheMs}', but a write has to be done each time; leave it out`);
  }
  return faults;
}

function budgetFaults({ timeoutMs = TIMEOUT_MS, budgetMs = BUDGET_MS }: Given): string[] {
  if (!(Number(timeoutMs) > Number(budgetMs))) return [];
  return [
    `'timeoutMs' is '${Number(timeoutMs)}', more than 'budgetMs' of '${Number(budgetMs)}'; raise 'budgetMs' or lower 'timeoutMs'`,
  ];
}

function argumentFaults(input: z.core.$ZodObject, requires: unknown): string[] {
  const names = Object.keys(input._zod.def.shape);
  const faults: string[] = [];
  if (names.includes(PREAMBLE)) {
    faults.push(`'input' has an argument '${PREAMBLE}', a name that Legato uses itself; rename it`);
  }
  for (const [argument, source] of Object.entries(isRecord(requires) ? requires : {})) {
    if (!names.includes(argument)) {
      faults.push(`'requires': '${argument}' is no argument in 'input'; ${suggestName(argument, names, 'arguments')}`);
    } else if (!isSource(source)) {
      faults.push(`'requires': '${argument}' is ${shown(source)}, not a source; give 'from('a_tool', 'a_field')'`);
    }
  }
  return faults;
}
