import { type AiSdkModel, interfaceFault, isAiSdkModel } from '../../providers/ai-sdk/model-object.ts';
import { toolFault } from '../../providers/ai-sdk/tool-fit.ts';
import type { Agent } from '../agent.ts';
import type { AgentOptions, ModelOptions } from '../agent-options.ts';
import {
  isRecord,
  isText,
  oneOf,
  optional,
  optionFaults,
  type OptionRule,
  required,
  wholeNumber,
} from './option-rules.ts';

export const reasoningEffort = oneOf('none', 'minimal', 'low', 'medium', 'high');
export const temperature = optional(
  'a number from 0 to 2',
  (value) => typeof value === 'number' && value >= 0 && value <= 2,
);
export const maxTokens = wholeNumber(1, 1_000_000);

const MODEL =
  "a non-empty string: the model's name, e.g. 'gpt-5.1'; or a language model of an AI SDK provider, e.g. 'anthropic(…)'";
const isModel = (value: unknown): boolean => isText(value) || isAiSdkModel(value);

export const model = required(optional(MODEL, isModel));

export const fallbackModel = optional(
  "a non-empty string: the name of another model, e.g. 'gpt-5-mini', a language model of an AI SDK provider, '{ model, … }' with parameters of its own, or a list of these",
  (value) => isFallback(value) || (Array.isArray(value) && value.length > 0 && value.every(isFallback)),
);

const fallbackRules: Record<keyof ModelOptions, OptionRule> = { model, reasoningEffort, temperature, maxTokens };

/** What is wrong with the models of an agent. */
export function modelFaults(options: AgentOptions): string[] {
  const fallbacks: readonly unknown[] = [options.fallbackModel].flat();
  const own = fallbacks.filter((given) => isRecord(given) && !isAiSdkModel(given)) as readonly ModelOptions[];
  return [
    ...own.flatMap((given) => optionFaults(given, fallbackRules).map((fault) => `'fallbackModel': ${fault}`)),
    ...repeatedFaults(options.model, fallbacks),
    ...objectFaults('model', options.model, options.reasoningEffort),
    ...fallbacks
      .filter((given) => !own.includes(given as ModelOptions))
      .flatMap((given) => objectFaults('fallbackModel', given, options.reasoningEffort)),
    ...own.flatMap((given) => objectFaults('fallbackModel', given.model, given.reasoningEffort)),
  ];
}

function repeatedFaults(first: AgentOptions['model'], fallbacks: readonly unknown[]): string[] {
  if (first === undefined || !fallbacks.includes(first)) return [];
  const name = typeof first === 'string' ? first : first.modelId;
  return [
    `'fallbackModel' is '${name}', which is 'model' itself and is asked again anyway; name another one or remove it`,
  ];
}

function objectFaults(option: string, given: unknown, effort: unknown): string[] {
  if (!isAiSdkModel(given)) return [];
  const fault = interfaceFault(given);
  if (fault !== undefined) return [`'${option}' ${fault}`];
  if (effort === undefined || given.specificationVersion !== 'v3') return [];
  const { modelId } = given;
  return [
    `'reasoningEffort' cannot be given to the model '${modelId}': version 'v3' of the AI SDK's interface has no word for it; install a newer version of its provider package, or set its own options and remove 'reasoningEffort'`,
  ];
}

/** Tools that a model of the agent cannot be given. */
export function toolModelFaults({ modelObject, fallbackModels, tools }: Agent): string[] {
  const given = [modelObject, ...fallbackModels.map(({ object }) => object)];
  const objects = [...new Set(given.filter((object): object is AiSdkModel => object !== undefined))];
  return tools.list().flatMap((tool) =>
    objects.flatMap((object) => {
      const fault = toolFault(object, tool);
      return fault === undefined
        ? []
        : [`tool '${tool.name}': cannot be given to the model '${object.modelId}': ${fault}`];
    }),
  );
}

function isFallback(value: unknown): boolean {
  return isText(value) || isRecord(value);
}
