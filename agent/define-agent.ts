import type { Agent } from './agent.ts';
import type { ToolDefinition } from './define-tool.ts';
import { AgentDefinitionError, optionFaults, type OptionRule } from './definition-faults.ts';
import { agentName, duration, required, text, wholeNumber } from './option-rules.ts';
import { type CheckedTool, checkTool } from './check-tool.ts';

export interface AgentOptions {
  /** In URLs and task queues: lower-case letters, digits and hyphens, at most 64. */
  readonly name: string;
  /** The system prompt. */
  readonly instructions: string;
  readonly model: string;
  readonly voice: string;
  /** 0 to 2; the model's own default if left out. */
  readonly temperature?: number;
  /** Of one reply. */
  readonly maxTokens?: number;
  /** Said when a turn cannot be answered. */
  readonly apology?: string;
  /** Work, in ms, after which a turn expires; playout does not count. Default 30000. */
  readonly deadlineMs?: number;
  /** Model calls in one turn; at the last one the model must answer. Default 6. */
  readonly maxRounds?: number;
  readonly tools?: readonly ToolDefinition[];
}

const APOLOGY = 'I am sorry, something went wrong on my side. Please try again in a moment.';
const DEADLINE_MS = 30_000;
const MAX_ROUNDS = 6;

const rules: Record<keyof AgentOptions, OptionRule> = {
  name: agentName,
  instructions: required(text('what the agent is there for and how it speaks')),
  model: required(text("the model's name, such as 'gpt-5.1'")),
  voice: required(text("the voice's name, such as 'alloy'")),
  temperature: {
    required: false,
    accepts: (value) => typeof value === 'number' && value >= 0 && value <= 2,
    kind: 'a temperature',
    give: 'a number from 0 to 2',
  },
  maxTokens: wholeNumber(1, 1_000_000),
  apology: text('a sentence for the caller'),
  deadlineMs: duration,
  maxRounds: wholeNumber(1, 100),
  tools: {
    required: false,
    accepts: Array.isArray,
    kind: 'a list of tools',
    give: "a list of what 'defineTool' returns",
  },
};

// By a registered symbol, so that an agent defined with another copy of this package is known as one.
const agentMark = Symbol.for('legato.agent');

/**
 * Checks a whole definition and fills in every default.
 * @throws AgentDefinitionError with all faults in one message
 */
export function defineAgent(options: AgentOptions): Agent {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new AgentDefinitionError(given, ['the definition is not an object; give one with at least a name']);
  }
  const tools = Array.isArray(options.tools) ? options.tools.map((tool: unknown, index) => checkTool(tool, index)) : [];
  const faults = [
    ...optionFaults(options, rules),
    ...tools.flatMap(({ label, faults }) => faults.map((fault) => `${label}: ${fault}`)),
    ...duplicateFaults(tools),
  ];
  if (faults.length > 0) throw new AgentDefinitionError(options.name, faults);
  return Object.defineProperty(createAgent(options, tools), agentMark, { value: true });
}

/** Whether a value came from `defineAgent`. */
export function isAgent(value: unknown): value is Agent {
  return typeof value === 'object' && value !== null && agentMark in value;
}

function createAgent(options: AgentOptions, tools: readonly CheckedTool[]): Agent {
  return {
    name: options.name,
    instructions: options.instructions,
    model: options.model,
    voice: options.voice,
    ...(options.temperature !== undefined && { temperature: options.temperature }),
    ...(options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
    terms: {
      apology: options.apology ?? APOLOGY,
      deadlineMs: options.deadlineMs ?? DEADLINE_MS,
      maxRounds: options.maxRounds ?? MAX_ROUNDS,
    },
    tools: new Map(tools.flatMap(({ tool }) => (tool === undefined ? [] : [[tool.name, tool]]))),
  };
}

function duplicateFaults(tools: readonly CheckedTool[]): string[] {
  const labels = tools.map(({ label }) => label);
  const repeated = new Set(labels.filter((label, index) => labels.indexOf(label) !== index));
  return [...repeated].map((label) => `${label} is defined more than once; rename or remove all but one`);
}
