import type { Agent, Tool } from './agent.ts';
import { agentFillerRules, type AgentOptions, agentRules } from './agent-options.ts';
import { type CheckedTool, checkTool } from './check-tool.ts';
import { AgentDefinitionError, optionFaults } from './definition-faults.ts';
import { linkFaults } from './link-faults.ts';
import { suggestName } from './nearest-name.ts';
import { toPhrases } from './phrases.ts';
import { fillerFaults } from './tool-faults.ts';

const APOLOGY = 'I am sorry, something went wrong on my side. Please try again in a moment.';
const DEADLINE_MS = 30_000;
const MAX_ROUNDS = 6;
const MODEL_TIMEOUT_MS = 8_000;

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
  const links = tools.flatMap((tool) => tool.links ?? []);
  const faults = [
    ...optionFaults(options, agentRules),
    ...fillerFaults(options.fillers, agentFillerRules),
    ...timeoutFaults(options),
    ...toolChoiceFaults(
      options.toolChoice,
      links.map(({ name }) => name),
    ),
    ...tools.flatMap(({ label, faults }) => faults.map((fault) => `${label}: ${fault}`)),
    ...duplicateFaults(tools),
    ...linkFaults(links),
  ];
  if (faults.length > 0) throw new AgentDefinitionError(options.name, faults);
  return Object.defineProperty(createAgent(options, tools), agentMark, { value: true });
}

/** Whether a value came from `defineAgent`. */
export function isAgent(value: unknown): value is Agent {
  return typeof value === 'object' && value !== null && agentMark in value;
}

function createAgent(options: AgentOptions, checked: readonly CheckedTool[]): Agent {
  const { fallbackModel, greeting, reasoningEffort, temperature, maxTokens } = options;
  const { apology = APOLOGY, deadlineMs = DEADLINE_MS, maxRounds = MAX_ROUNDS } = options;
  const { modelTimeoutMs = MODEL_TIMEOUT_MS, fillers = [] } = options;
  const tools = new Map<string, Tool>();
  for (const tool of checked.flatMap(({ create }) => create?.(tools) ?? [])) tools.set(tool.name, tool);
  return {
    name: options.name,
    instructions: options.instructions,
    model: options.model,
    modelTimeoutMs,
    voice: options.voice,
    fillers: fillers.map(({ afterMs, say }) => ({ afterMs, say: toPhrases(say) })),
    ...given({ fallbackModel, reasoningEffort, temperature, maxTokens }),
    toolChoice: options.toolChoice ?? 'auto',
    terms: { apology, deadlineMs, maxRounds, ...given({ greeting }) },
    tools,
  };
}

/** What is set of options that have no default. */
function given<T extends object>(options: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}

/** A turn that is out of time while it waits for the model's first try has no second one. */
function timeoutFaults({ modelTimeoutMs, deadlineMs = DEADLINE_MS }: AgentOptions): string[] {
  if (!(Number(modelTimeoutMs) >= Number(deadlineMs))) return [];
  return [
    `'modelTimeoutMs' is '${Number(modelTimeoutMs)}', not less than 'deadlineMs' of '${Number(deadlineMs)}'; lower 'modelTimeoutMs' or raise 'deadlineMs'`,
  ];
}

function toolChoiceFaults(choice: AgentOptions['toolChoice'], names: readonly string[]): string[] {
  if (choice === 'required' && names.length === 0) {
    return ["'toolChoice' is 'required', but the agent has no tools; add one or leave it out"];
  }
  if (typeof choice !== 'object' || choice === null || typeof choice.tool !== 'string') return [];
  if (names.includes(choice.tool)) return [];
  return [`'toolChoice' names '${choice.tool}', which no tool is named; ${suggestName(choice.tool, names, 'tools')}`];
}

function duplicateFaults(tools: readonly CheckedTool[]): string[] {
  const labels = tools.map(({ label }) => label);
  const repeated = new Set(labels.filter((label, index) => labels.indexOf(label) !== index));
  return [...repeated].map((label) => `${label} is defined more than once; rename or remove all but one`);
}
