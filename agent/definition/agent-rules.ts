import type { AgentFillerOptions, AgentOptions } from '../agent-options.ts';
import { arePhrases } from './author-functions.ts';
import { fallbackModel, maxTokens, model, modelFaults, reasoningEffort, temperature } from './model-rules.ts';
import { suggestName } from './nearest-name.ts';
import {
  agentName,
  duration,
  isRecord,
  isSynchronous,
  isText,
  oneOf,
  optional,
  optionFaults,
  type OptionRule,
  required,
  text,
  wait,
  wholeNumber,
} from './option-rules.ts';
import { metadataFaults } from '../metadata/metadata-faults.ts';
import { fillerFaults, fillers, metadataRule } from './tool-rules.ts';

const voice = optional(
  "the voice's name, e.g. 'alloy', or a voice of your own, an object with the method 'speak(request, signal)'",
  (value) => isText(value) || isVoice(value),
);

/** Every option of `defineAgent`. */
export const agentRules: Record<keyof AgentOptions, OptionRule> = {
  name: agentName,
  instructions: required(
    optional(
      "a non-empty string: what the agent is for and how it speaks; or a function of '{ metadata, now }' that returns it at once, not a promise",
      (value) => isText(value) || isSynchronous(value),
    ),
  ),
  metadata: metadataRule,
  model,
  fallbackModel,
  modelTimeoutMs: duration,
  voice: required(voice),
  fallbackVoice: voice,
  // The ranges of OpenAI's speech API.
  voiceSpeed: optional('a number from 0.25 to 4', (value) => typeof value === 'number' && value >= 0.25 && value <= 4),
  voiceInstructions: optional(
    'a string of 1 to 4096 characters that says how the voice is to speak',
    (value) => isText(value) && value.length <= 4_096,
  ),
  voiceText: oneOf('plain', 'as_written'),
  pronounce: optional(
    "a list of pairs '[written, spoken]' of a word or pattern and how to say it, e.g. '[[\'SQL\', \'sequel\']]'",
    (value) => Array.isArray(value) && value.every(isPronunciation),
  ),
  language: optional("a BCP 47 language tag, e.g. 'en' or 'de-CH'", isLanguage),
  greeting: text('a sentence for the caller'),
  fillers,
  reasoningEffort,
  toolChoice: optional("'auto', 'none', 'required' or '{ tool: … }' with the name of a tool", isToolChoice),
  temperature,
  maxTokens,
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
    ...metadataFaults(options.metadata),
    ...modelFaults(options),
    ...voiceFaults(options),
    ...roundFaults(options),
    ...toolChoiceFaults(options.toolChoice, toolNames),
  ];
}

/** The same name may be another voice on another server. */
function voiceFaults({ voice: first, fallbackVoice }: AgentOptions): string[] {
  if (!isVoice(fallbackVoice) || fallbackVoice !== first) return [];
  return ["'fallbackVoice' is the object that 'voice' is, and fails with it; give another one or remove it"];
}

/** In its last round the model must answer. */
function roundFaults({ maxRounds, tools }: AgentOptions): string[] {
  if (maxRounds !== 1 || !Array.isArray(tools) || tools.length === 0) return [];
  return ["'maxRounds' is 1, so that the model must answer at once and never calls a tool; raise it or remove 'tools'"];
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

function isVoice(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'speak' in value && typeof value.speak === 'function';
}

function isPronunciation(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [written, spoken] = value as unknown[];
  return (written instanceof RegExp || isText(written)) && typeof spoken === 'string';
}

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

function isLanguage(value: unknown): boolean {
  if (!isText(value)) return false;
  try {
    const { language } = new Intl.Locale(value);
    // A tag in form only is `english`: languages have codes of two or three letters.
    return language.length <= 3 && LANGUAGES.of(language) !== undefined;
  } catch {
    return false; // It throws only where the tag is malformed.
  }
}

function isToolChoice(value: unknown): boolean {
  if (isRecord(value)) return typeof value.tool === 'string' && Object.keys(value).length === 1;
  return ['auto', 'none', 'required'].includes(value as string);
}
