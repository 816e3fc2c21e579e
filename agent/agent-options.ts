import type { ReasoningEffort, ToolChoice } from '../providers/model.ts';
import type { Phrases, ToolDefinition } from './define-tool.ts';
import type { OptionRule } from './definition-faults.ts';
import { arePhrases } from './phrases.ts';
import { fillers } from './tool-rules.ts';
import { agentName, duration, isRecord, oneOf, required, text, wait, wholeNumber } from './option-rules.ts';

export interface AgentFillerOptions {
  /** Since the model was asked, or the tool was started. */
  readonly afterMs: number;
  /** Of several phrases never the one that was said last. */
  readonly say: Phrases;
}

export interface AgentOptions {
  /** In URLs and task queues: lower-case letters, digits and hyphens, at most 64. */
  readonly name: string;
  /** The system prompt. */
  readonly instructions: string;
  readonly model: string;
  /** Asked when the model has been silent, or has failed twice. Default: the model is asked again, and then the turn fails. */
  readonly fallbackModel?: string;
  /** Longest silence before the model's first word, in ms; a second try has half of it. Default 8000. */
  readonly modelTimeoutMs?: number;
  readonly voice: string;
  /** What a turn without input says. */
  readonly greeting?: string;
  /** What is said while the caller waits for the model, or for a tool without fillers of its own. Default: nothing. */
  readonly fillers?: readonly AgentFillerOptions[];
  /** How long the model may think; the model's own default if left out. */
  readonly reasoningEffort?: ReasoningEffort;
  /** `none`: the model answers in words; `required`: it calls a tool; `{ tool }`: it calls this one. Default `auto`: it decides. */
  readonly toolChoice?: ToolChoice;
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

/** Every option of `defineAgent`. */
export const agentRules: Record<keyof AgentOptions, OptionRule> = {
  name: agentName,
  instructions: required(text('what the agent is there for and how it speaks')),
  model: required(text("the model's name, such as 'gpt-5.1'")),
  fallbackModel: text("the name of another model, such as 'gpt-5-mini'"),
  modelTimeoutMs: duration,
  voice: required(text("the voice's name, such as 'alloy'")),
  greeting: text('a sentence for the caller'),
  fillers,
  reasoningEffort: oneOf('none', 'minimal', 'low', 'medium', 'high'),
  toolChoice: {
    required: false,
    accepts: (value) => isToolChoice(value),
    kind: 'a choice of tools',
    give: "'auto', 'none', 'required' or '{ tool: … }' with the name of a tool",
  },
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

export const agentFillerRules: Record<keyof AgentFillerOptions, OptionRule> = {
  afterMs: required(wait),
  say: {
    required: true,
    accepts: arePhrases,
    kind: 'something to say',
    give: 'a phrase or a list of phrases; there are no arguments for a function',
  },
};

function isToolChoice(value: unknown): boolean {
  if (isRecord(value)) return typeof value.tool === 'string' && Object.keys(value).length === 1;
  return ['auto', 'none', 'required'].includes(value as string);
}
