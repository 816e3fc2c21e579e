import type { Json } from '../contract/items.ts';
import type { CallError } from '../contract/items.ts';
import type { ToolPolicy } from '../contract/rounds.ts';
import type { TurnTerms } from '../contract/turn.ts';
import type { JsonObject } from '../providers/json-schema.ts';

/** What a tool's `run` is given beside its arguments. */
export interface ToolContext {
  /** Aborted when the attempt is out of time or the call is cancelled. */
  readonly signal: AbortSignal;
  /** Turn id and step id: the same for every attempt of this call, also after a crash or a rerun. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** Tells clients how far the tool is, in a few words. */
  readonly progress: (note: string) => void;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CallError };

/** A tool as the rest of Legato sees it: checked, with every default filled in. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly policy: ToolPolicy;
  /** JSON Schema of the arguments for the model. */
  readonly parameters: JsonObject;
  /** Whether `parameters` is in OpenAI's strict form. */
  readonly strict: boolean;
  /** Checks a model's arguments against the input schema; the value is what the schema made of them. */
  readonly checkArguments: (value: Json) => Checked<unknown>;
  readonly checkResult: (value: unknown) => Checked<unknown>;
  readonly run: (args: unknown, context: ToolContext) => unknown;
}

/** An agent as the rest of Legato sees it. */
export interface Agent {
  readonly name: string;
  readonly instructions: string;
  readonly model: string;
  readonly voice: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly terms: TurnTerms;
  readonly tools: ReadonlyMap<string, Tool>;
}
