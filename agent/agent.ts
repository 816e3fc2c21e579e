import type { CallError, Item, Json } from '../contract/items.ts';
import type { Filler, Source, ToolPolicy } from '../contract/rounds.ts';
import type { TurnTerms } from '../contract/turn.ts';
import type { JsonObject } from '../providers/json-schema.ts';
import type { ReasoningEffort, ToolChoice } from '../providers/model.ts';

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

/** Takes what an author's function threw, for the operator: the call goes on as if it had said nothing. */
export type OnThrown = (thrown: unknown) => void;

/** When the caller hears something before the tool runs, and what if the model says nothing. */
export interface Preamble {
  /** `auto`: the model is asked for one; `force`: there always is one; `off`: silence is fine. */
  readonly mode: 'auto' | 'force' | 'off';
  /** For `force`: one of these is said when the model gave none. */
  readonly say: readonly string[];
}

/** A tool as the rest of Legato sees it: checked, with every default filled in. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly preamble: Preamble;
  /**
   * JSON Schema of what the model writes: `preamble` first, unless it is off; arguments that other tools fill are not in
   * it.
   */
  readonly parameters: JsonObject;
  /** Whether the agent's fillers are said while it runs: it has none of its own. */
  readonly usesAgentFillers: boolean;
  /** Whether `parameters` is in OpenAI's strict form. */
  readonly strict: boolean;
  /** Where arguments come from that the model does not write. */
  readonly requires: Readonly<Record<string, Source>>;
  readonly after: readonly string[];
  /** The policy of one call: where the definition has a function of the arguments, what it gave for these. */
  readonly policyFor: (args: unknown, onThrown?: OnThrown) => ToolPolicy;
  /** Checks what the model wrote, without the preamble; what other tools fill is not missed. */
  readonly checkAsked: (value: Json, onThrown?: OnThrown) => Checked<unknown>;
  /** Checks all arguments against the input schema; the value is what the schema made of them. */
  readonly checkArguments: (value: Json, onThrown?: OnThrown) => Checked<unknown>;
  readonly checkResult: (value: unknown, onThrown?: OnThrown) => Checked<unknown>;
  /** Turns a call down before it runs: why, in words for the model. */
  readonly rejectIf?: (args: unknown, transcript: readonly Item[], onThrown?: OnThrown) => string | undefined;
  readonly run: (args: unknown, context: ToolContext) => unknown;
}

/** An agent as the rest of Legato sees it. */
export interface Agent {
  readonly name: string;
  readonly instructions: string;
  readonly model: string;
  /** Asked when the model has failed. */
  readonly fallbackModel?: string;
  /** Longest silence before the model's first sign of life, in ms; a second try has half of it. */
  readonly modelTimeoutMs: number;
  readonly voice: string;
  /** What is said while the caller waits for the model, or for a tool that has no fillers of its own. */
  readonly fillers: readonly Filler[];
  readonly reasoningEffort?: ReasoningEffort;
  readonly toolChoice: ToolChoice;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly terms: TurnTerms;
  readonly tools: ReadonlyMap<string, Tool>;
}
