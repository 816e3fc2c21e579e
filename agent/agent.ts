import type { Metadata } from '../contract/metadata.ts';
import type { CallError, Item, Json } from '../contract/items.ts';
import type { Filler, Source, ToolPolicy } from '../contract/rounds.ts';
import type { TraceContext } from '../contract/trace-context.ts';
import type { TurnTerms } from '../contract/turn.ts';
import type { AiSdkModel } from '../providers/ai-sdk/model-object.ts';
import type { JsonObject } from '../providers/json-schema.ts';
import type { ReasoningEffort, ToolChoice } from '../providers/model.ts';
import type { TextToSpeech } from '../providers/text-to-speech.ts';

/** Which call it is, and whom it serves: the same for every attempt, also after a crash or a rerun, and for a fallback. */
export interface ServedCall extends TraceContext {
  readonly conversationId: string;
  readonly turnId: string;
  /** As in events and in the transcript: `tool:<round>:<index>:<name>`. */
  readonly callId: string;
  /** Turn id and call id. */
  readonly idempotencyKey: string;
}

/** Writes a line to the log of the process. `fields`: an object, or an Error. */
export type WriteLog = (text: string, fields?: object) => void;

/** The log of one call: each line has its turn, conversation, call and tool. */
export interface ToolLog {
  readonly debug: WriteLog;
  readonly info: WriteLog;
  readonly warn: WriteLog;
  readonly error: WriteLog;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What functions of the agent's author are told of the turn in which they are called. */
export interface ServedTurn<Fields = object> {
  readonly conversationId: string;
  readonly turnId: string;
  /** Of the conversation, as the schema has read it. */
  readonly metadata: Fields;
  /** Facts for this turn, as they were posted with it. */
  readonly context: string | undefined;
  /** Facts for all turns of the conversation, as it was created with them. */
  readonly conversationContext: string | undefined;
}

/** What a tool's `run` gets besides its arguments. */
export interface ToolContext<Fields = object> extends ServedCall {
  /** Of the conversation: the fields that the tool's own schema names. */
  readonly metadata: Fields;
  /** Aborted when the attempt has run out of time or the call is cancelled. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
  /** Tells clients how far the tool is, in a few words. */
  readonly progress: (note: string) => void;
  readonly log: ToolLog;
}

/** Whether a write happened, as its author's function says. `not_done`: it has not, and cannot happen later either. */
export type Reconciled<Result = unknown> =
  | { readonly outcome: 'done'; readonly result: Result }
  | { readonly outcome: 'not_done' }
  | { readonly outcome: 'unknown' };

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CallError };

/** Reports what an author's function threw to the operator; the call goes on as if the function had returned nothing. */
export type OnThrown = (thrown: unknown) => void;

/** In which turn a function of the author is called, and who takes what it throws. */
export interface CalledIn {
  readonly served: ServedTurn<Fields>;
  readonly onThrown?: OnThrown | undefined;
}

export interface MetadataProblem {
  /** Empty for the metadata as a whole. */
  readonly field: string;
  /** Goes on after the field's name, e.g. `is missing; send it`. Holds no value. */
  readonly message: string;
}

/** A conversation's metadata in one of its turns. Secret fields are in the clear here: it never leaves this process. */
export interface TurnMetadata {
  /** As it was sent. */
  readonly wire: Metadata;
  /** What the agent's schema made of it. Empty where it does not fit. */
  readonly value: Fields;
  /** The same without secret fields. */
  readonly publicValue: Fields;
  /** Why it does not fit; empty if it does. */
  readonly problems: readonly MetadataProblem[];
  /** Values that no model, log or client may read. */
  readonly secrets: readonly string[];
  readonly hideIn: (text: string) => string;
  readonly hideInJson: (value: Json) => Json;
}

/** What an agent knows of the metadata of its conversations. */
export interface AgentMetadata {
  /** Whether the agent has a schema for it. */
  readonly isDeclared: boolean;
  readonly secretFields: ReadonlySet<string>;
  readonly read: (wire: Metadata) => TurnMetadata;
}

/** Whether the caller hears something before the tool runs. */
export interface Preamble {
  /** `auto`: the model is asked for one; `force`: there always is one; `off`: silence is fine. */
  readonly mode: 'auto' | 'force' | 'off';
  /** For `force`: one of these is said when the model gave none. */
  readonly say: readonly string[];
}

/** What a call does that was made before in the same reply, with the same arguments. */
export type DuplicateRule = 'join' | 'allow' | 'reject';

/** A tool as the rest of Legato sees it: checked, with every default filled in. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly preamble: Preamble;
  /**
   * JSON Schema of the arguments that the model writes: `preamble` first, unless it is off, and none that other tools
   * fill.
   */
  readonly parameters: JsonObject;
  /** Whether the agent's fillers are said while it runs: it has none of its own. */
  readonly usesAgentFillers: boolean;
  /** Where arguments come from that the model does not write. */
  readonly requires: Readonly<Record<string, Source>>;
  readonly after: readonly string[];
  readonly onDuplicate: DuplicateRule;
  /** Runs on a worker thread. */
  readonly thread: boolean;
  /** The group of tools-only workers that runs it. Undefined: the turn's home does. */
  readonly worker: string | undefined;
  /** Of the conversation's metadata, what the tool sees. */
  readonly metadataFields: readonly string[];
  /** The policy of one call: functions in the definition are called with its arguments. */
  readonly policyFor: (args: unknown, called: CalledIn) => ToolPolicy;
  /** Checks the arguments that the model wrote, without the preamble and before other tools have filled theirs. */
  readonly checkAsked: (value: Json, onThrown?: OnThrown) => Checked<unknown>;
  /** Checks all arguments against the input schema; the value is what the schema made of them. */
  readonly checkArguments: (value: Json, onThrown?: OnThrown) => Checked<unknown>;
  readonly checkResult: (value: unknown, onThrown?: OnThrown) => Checked<unknown>;
  /** Why the call is rejected before it runs, in words for the model; undefined if it is not. */
  readonly rejectIf?: (args: unknown, transcript: readonly Item[], called: CalledIn) => string | undefined;
  readonly run: (args: unknown, tool: ToolContext<Fields>) => unknown;
  /** Of a write: asks its author whether an earlier run of the same call happened. Rejects where the answer is none. */
  readonly reconcile?: (args: unknown, tool: ToolContext<Fields>) => Promise<Reconciled>;
}

export interface TurnToInstruct {
  readonly metadata: Pick<TurnMetadata, 'publicValue' | 'problems'>;
  readonly now: Date;
  readonly onThrown?: OnThrown | undefined;
}

/** Where an agent's tools come from: its own list today. */
export interface ToolSource {
  /** All tools, in the order in which the model gets them. */
  readonly list: () => readonly Tool[];
  readonly find: (name: string) => Tool | undefined;
}

/** A word, whatever its case, or a pattern; and how to say it, where `$1` is what the pattern's first group found. */
export type Pronunciation = readonly [written: string | RegExp, spoken: string];

/** How a model is asked. */
export interface ModelParameters {
  readonly reasoningEffort?: ReasoningEffort;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/** A model and how it is asked. */
export interface ModelChoice extends ModelParameters {
  /** Its name: in records, in the log, and where it is asked over the OpenAI wire. */
  readonly model: string;
  /** Of an AI SDK provider, which is asked in place of the server of that wire. It is no data: it stays in this process. */
  readonly object?: AiSdkModel;
}

/** An agent as the rest of Legato sees it. */
export interface Agent {
  readonly name: string;
  /** Undefined where a function writes them: `termsFor` has them for one turn. */
  readonly instructions: string | undefined;
  readonly metadata: AgentMetadata;
  /** Its name. */
  readonly model: string;
  /** The author's own, of an AI SDK provider. It is no data: it stays in this process. */
  readonly modelObject?: AiSdkModel;
  /** Asked one after the other when the model has failed. */
  readonly fallbackModels: readonly ModelChoice[];
  /** Longest silence before the model's first sign of life, in ms; a second try has half of it. */
  readonly modelTimeoutMs: number;
  /** The voice's name. */
  readonly voice: string;
  /** The author's own voice, in place of the speech server's. It is no data: it stays in this process. */
  readonly speech?: TextToSpeech;
  /** Speaks where that one fails or rests. `speech`: the author's own. */
  readonly fallbackVoice?: { readonly name: string; readonly speech?: TextToSpeech };
  readonly voiceSpeed?: number;
  readonly voiceInstructions?: string;
  /** Whether marks, emoji and control characters reach the voice. */
  readonly voiceText: 'plain' | 'as_written';
  readonly pronounce: readonly Pronunciation[];
  /** BCP 47, in its canonical form. */
  readonly language: string;
  /** What is said while the caller waits for the model, or for a tool that has no fillers of its own. */
  readonly fillers: readonly Filler[];
  readonly reasoningEffort?: ReasoningEffort;
  readonly toolChoice: ToolChoice;
  readonly temperature?: number;
  readonly maxTokens?: number;
  /** Of every turn. */
  readonly terms: TurnTerms;
  /** The same for one turn, with the instructions that a function has written for it. */
  readonly termsFor: (turn: TurnToInstruct) => TurnTerms;
  readonly tools: ToolSource;
}
