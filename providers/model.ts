import type { Json } from '../contract/items.ts';
import type { ProviderState } from '../contract/rounds.ts';
import type { TokenCounts } from '../contract/usage.ts';
import type { AiSdkModel } from './ai-sdk/model-object.ts';
import type { JsonObject } from './json-schema.ts';

/** One message of a model's input. `calls` and `callId` pair a call with its result within one request. */
export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly calls: readonly ModelCall[];
      /** Of this provider and model: what came with the reply in an earlier round of the turn. */
      readonly state?: ProviderState;
    }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string };

export interface ModelCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /**
   * JSON Schema of the arguments, the same object in each request. A provider may send it in a form of its own; a model may
   * write null for an optional property to leave it out.
   */
  readonly parameters: JsonObject;
}

/** `none`: the model must answer in words; `required`: it must call a tool; an object: it must call this one. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string };

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high';

export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  readonly toolChoice: ToolChoice;
  readonly reasoningEffort?: ReasoningEffort;
  readonly temperature?: number;
  readonly maxTokens?: number;
  /**
   * What the caller has heard of this reply, of which an earlier stream broke off: the model is to go on exactly where it ends,
   * in the way that it takes.
   */
  readonly said?: string;
}

/**
 * A piece of a reply as it is written. Pieces of one call share its `index`, and the first one has the name. `id` is the
 * wire's own, where it has one: a piece with another `id` begins another call, even under the same `index`. `state` is
 * opaque, and comes back as it is, with the other ones of its reply: see `ProviderState`.
 */
export type ModelChunk =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'call';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments: string;
    }
  | { readonly type: 'state'; readonly state: Json }
  /** The model thinks: a sign of life, and nothing for the caller. */
  | { readonly type: 'thought' }
  /** What the reply came to. The last one of a reply counts. */
  | { readonly type: 'usage'; readonly tokens: TokenCounts };

export interface LanguageModel {
  /** Whose state comes with replies. Left out: none does. */
  readonly provider?: string;
  /** Streams one reply. Throws ProviderFailure; ends only when the reply is complete. An aborted `signal` ends it with the signal's reason. */
  reply(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelChunk>;
}

/** How a model is reached: by its object, where it has one, or else over the wire that all others share. */
export type ModelFor = (choice: { readonly object?: AiSdkModel }) => LanguageModel;
