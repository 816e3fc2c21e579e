import { AGENT_DEFAULTS, type AgentFillerOptions, type AgentOptions } from '../agent-options.ts';
import { arePhrases } from './author-functions.ts';
import { suggestName } from './nearest-name.ts';
import {
  agentName,
  duration,
  isRecord,
  oneOf,
  optional,
  optionFaults,
  type OptionRule,
  required,
  text,
  wait,
  wholeNumber,
} from './option-rules.ts';
import { fillerFaults, fillers } from './tool-rules.ts';

/** Every option of `defineAgent`. */
export const agentRules: Record<keyof AgentOptions, OptionRule> = {
  name: agentName,
  instructions: required(text('what the agent is for and how it speaks')),
  model: required(text("the model's name, e.g. 'gpt-5.1'")),
  fallbackModel: text("the name of another model, e.g. 'gpt-5-mini'"),
  modelTimeoutMs: duration,
  voice: required(text("the voice's name, e.g. 'alloy'")),
  greeting: text('a sentence for the caller'),
  fillers,
  reasoningEffort: oneOf('none', 'minimal', 'low', 'medium', 'high'),
  toolChoice: optional("'auto', 'none', 'required' or '{ tool: … }' with the name of a tool", isToolChoice),
  temperature: optional('a number from 0 to 2', (value) => typeof value === 'number' && value >= 0 && value <= 2),
  maxTokens: wholeNumber(1, 1_000_000),
  apology: text('a sentence for the caller'),
  deadlineMs: duration,
  maxRounds: wholeNumber(1, 100),
  tools: optional("a list of what 'defineTool' returns", Array.isArray),
};

const agentFillerRules: Record<keyof AgentFillerOptions, OptionRule> = {
  afterMs: required(wait),
  say: required(
    optional('a phrase or a list of phrases; here it cannot be a function, as there are no arguments', arePhrases),
  ),
};

/** What is wrong with an agent apart from its tools, whose names are given. */
export function agentFaults(options: AgentOptions, toolNames: readonly string[]): string[] {
  return [
    ...optionFaults(options, agentRules),
    ...fillerFaults(options.fillers, agentFillerRules),
    ...timeoutFaults(options),
    ...toolChoiceFaults(options.toolChoice, toolNames),
  ];
}

/** If the model's first try may take the whole turn, there is never a second one. */
function timeoutFaults({ modelTimeoutMs, deadlineMs = AGENT_DEFAULTS.deadlineMs }: AgentOptions): string[] {
  if (!(Number(modelTimeoutMs) >= Number(deadlineMs))) return [];
  const values = `got ${Number(modelTimeoutMs)} and ${Number(deadlineMs)}`;
  return [`'modelTimeoutMs' must be less than 'deadlineMs'; ${values}; lower 'modelTimeoutMs' or raise 'deadlineMs'`];
}

function toolChoiceFaults(choice: AgentOptions['toolChoice'], names: readonly string[]): string[] {
  if (choice === 'required' && names.length === 0) {
    return ["'toolChoice' is 'required', but the agent has no tools; add one or remove 'toolChoice'"];
  }
  if (typeof choice !== 'object' || choice === null || typeof choice.tool !== 'string') return [];
  if (names.includes(choice.tool)) return [];
  return [
    `'toolChoice' names '${choice.tool}', but there is no such tool; ${suggestName(choice.tool, names, 'tools')}`,
  ];
}

function isToolChoice(value: unknown): boolean {
  if (isRecord(value)) return typeof value.tool === 'string' && Object.keys(value).length === 1;
  return ['auto', 'none', 'required'].includes(value as string);
}
