// The part of the AI SDK's interface that Legato uses, written down here and not imported: the types of an author's project
// resolve whether or not `@ai-sdk/provider` is installed, and one definition takes models of both versions of the interface.
// Source: `LanguageModelV4` of @ai-sdk/provider 4 and `LanguageModelV3` of 3; a test holds both against it.
import type { JsonObject } from '../json-schema.ts';

/** A language model of an AI SDK provider, e.g. `anthropic('claude-sonnet-5')`. */
export interface AiSdkModel {
  readonly specificationVersion: InterfaceVersion;
  /** Who answers and how, e.g. `anthropic.messages`. */
  readonly provider: string;
  readonly modelId: string;
  doStream(options: CallOptions): PromiseLike<{ readonly stream: ReadableStream<unknown> }>;
}

export type InterfaceVersion = (typeof VERSIONS)[number];
const VERSIONS = ['v3', 'v4'] as const;

/** By the name of the provider that they are for. */
export type ProviderOptions = Record<string, JsonValues>;
interface JsonValues {
  [name: string]: JsonValue | undefined;
}
type JsonValue = null | string | number | boolean | JsonValue[] | JsonValues;

interface Part {
  providerOptions?: ProviderOptions;
}

export interface TextPart extends Part {
  type: 'text';
  text: string;
}

export interface ReasoningPart extends Part {
  type: 'reasoning';
  text: string;
}

export interface CallPart extends Part {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  input: object;
}

export interface ResultPart extends Part {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  output: { type: 'text'; value: string };
}

export type PromptMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: TextPart[] }
  | { role: 'assistant'; content: (TextPart | ReasoningPart | CallPart)[] }
  | { role: 'tool'; content: ResultPart[] };

export interface FunctionTool {
  type: 'function';
  name: string;
  description: string;
  inputSchema: JsonObject;
}

export interface CallOptions {
  prompt: PromptMessage[];
  tools?: FunctionTool[];
  toolChoice?: { type: 'auto' } | { type: 'none' } | { type: 'required' } | { type: 'tool'; toolName: string };
  /** Version 4 only. */
  reasoning?: 'none' | 'minimal' | 'low' | 'medium' | 'high';
  temperature?: number;
  maxOutputTokens?: number;
  abortSignal?: AbortSignal;
}

/** Whether a value is meant as a model of the AI SDK, of whatever version. */
export function isAiSdkModel(value: unknown): value is AiSdkModel {
  return typeof value === 'object' && value !== null && 'specificationVersion' in value && 'modelId' in value;
}

/** Why Legato cannot speak to a model, if it cannot; goes on after the option's name. */
export function interfaceFault(model: AiSdkModel): string | undefined {
  const { specificationVersion: version, modelId, doStream } = model as Partial<AiSdkModel>;
  if (VERSIONS.includes(version as InterfaceVersion) && typeof doStream === 'function') return undefined;
  const known = VERSIONS.map((name) => `'${name}'`).join(' and ');
  return `is the model '${String(modelId)}' with version '${String(version)}' of the AI SDK's interface for language models, of which Legato speaks ${known}; install a version of its provider package that has one of them`;
}
