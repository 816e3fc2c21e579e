import type { z } from 'zod';
import type { AiSdkModel } from '../providers/ai-sdk/model-object.ts';
import type { ReasoningEffort, ToolChoice } from '../providers/model.ts';
import type { TextToSpeech } from '../providers/text-to-speech.ts';
import type { ModelParameters, Pronunciation } from './agent.ts';
import type { Phrases, ToolFor } from './define-tool.ts';
import type { Unless } from './json-types.ts';
import type { GivenToTools, NotText, PublicOf } from './metadata/metadata-types.ts';

/** A model with parameters of its own. */
export interface ModelOptions extends ModelParameters {
  readonly model: string | AiSdkModel;
}

export type FallbackModel = string | AiSdkModel | ModelOptions;

export interface AgentFillerOptions {
  /** Since the model was asked, or the tool was started. */
  readonly afterMs: number;
  /** If there are several phrases, the one that was said last is not said again. */
  readonly say: Phrases;
}

/** What instructions may be written from. */
export interface Instructed<Public> {
  /** Of the conversation, without secret fields: the model reads what is written. */
  readonly metadata: Public;
  /** When the turn begins. */
  readonly now: Date;
}

export interface AgentOptions<Meta extends z.ZodObject = z.ZodObject> {
  /** Used in URLs and task queues: lower-case letters, digits and hyphens, at most 64. */
  readonly name: string;
  /** The system prompt, or a function that writes it, once a turn and at once, not as a promise. If it throws, the turn fails. */
  readonly instructions: string | ((turn: Instructed<PublicOf<Meta>>) => string);
  /** Reads the metadata of conversations, which is text on the wire. A conversation whose metadata does not fit is refused. See docs/metadata.md. */
  readonly metadata?: Meta & Unless<'Metadata is text on the wire, which this field cannot read', NotText<Meta>>;
  /**
   * The name of a model on the OpenAI wire, or a language model of any AI SDK provider, e.g. `anthropic('claude-sonnet-5')`:
   * docs/providers.md.
   */
  readonly model: string | AiSdkModel;
  /**
   * Asked when the model has been silent, or has failed twice; of a list one after the other. One that stands by itself gets the
   * parameters of `model`, one in `{ model, … }` only its own. Default: the model is asked again, and then the turn fails.
   */
  readonly fallbackModel?: FallbackModel | readonly FallbackModel[];
  /** Longest silence before the model's first word, in ms; a second try has half of it. Default 8000. */
  readonly modelTimeoutMs?: number;
  /** A name that the speech server knows, or a voice of your own: docs/voices.md. */
  readonly voice: string | TextToSpeech;
  /**
   * Speaks where `voice` has failed, or rests after it: the name of a voice, also of another server (docs/voices.md), or one of your
   * own. A sentence that was begun is said by one voice. Default: what the voice does not say is text.
   */
  readonly fallbackVoice?: string | TextToSpeech;
  /** 0.25 to 4; 1 is the voice's own speed. Default: the voice's own. */
  readonly voiceSpeed?: number;
  /** How the voice is to speak, in words, e.g. 'Warm and unhurried'; not every speech model listens to it. */
  readonly voiceInstructions?: string;
  /** `as_written`: the voice gets markdown marks, link targets, emoji and control characters too. Default `plain`: it does not. */
  readonly voiceText?: 'plain' | 'as_written';
  /**
   * How to say words, e.g. `[['SQL', 'sequel'], [/\b(\d+) kW\b/, '$1 kilowatts']]`: a word counts whatever its case, and each entry is
   * applied to what the ones before it have made. Readers and the record have what is written.
   */
  readonly pronounce?: readonly Pronunciation[];
  /** What the agent speaks: a BCP 47 tag, e.g. 'de-CH'. Decides where sentences end, and is passed to voices of your own. Default `en`. */
  readonly language?: string;
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
  readonly tools?: readonly ToolFor<GivenToTools<Meta>>[];
}

export const AGENT_DEFAULTS = {
  apology: 'I am sorry, something went wrong on my side. Please try again in a moment.',
  deadlineMs: 30_000,
  language: 'en',
  maxRounds: 6,
  modelTimeoutMs: 8_000,
} as const;
