import type { CallError, Json, SpeechKind } from './items.ts';

/** The argument in which a model writes words for the caller; it never reaches a tool. */
export const PREAMBLE = 'preamble';

/** What a call may do and how long it may take: read from the tool's definition by `think`, and kept as it was then. */
export interface ToolPolicy {
  readonly effect: 'read' | 'write';
  /** One attempt, in ms. */
  readonly timeoutMs: number;
  /** All attempts and the waits between them, in ms. */
  readonly budgetMs: number;
  readonly attempts: number;
  /** Wait before the second attempt, in ms; doubled for each one after it. */
  readonly firstDelayMs: number;
  /** The gate: when the tool may start, relative to the speech of its round. */
  readonly start: Gate;
  /** What happens to a call that has begun when the caller interrupts. */
  readonly onBargeIn: BargeInRule;
  /** What is said while the caller waits, in the order of `afterMs`. */
  readonly fillers: readonly Filler[];
  readonly onFailure?: OnFailure;
  /** How long a result may be reused for the same arguments; 0: never. */
  readonly cacheMs: number;
  /** Runs on a worker thread. */
  readonly thread: boolean;
  /**
   * Of a write that a process may have begun that was lost. `again`: it runs again under the same key. `reconcile`: its author's
   * function is asked whether it happened. Absent: its outcome is unknown.
   */
  readonly ifBegun?: 'again' | 'reconcile';
  /** The group of tools-only workers that runs it. Absent: home does. */
  readonly worker?: string;
}

/** Where a write may have begun that cannot be asked there any more. */
export type BegunWhere = 'in a lost process' | 'in an earlier run';

export type Gate = 'at_once' | 'after_speech_starts' | 'after_speech';

/** `cancel`: it is aborted. `continue`: it finishes silently. `block`: it finishes, and the turn still answers. */
export type BargeInRule = 'cancel' | 'continue' | 'block';

export interface Filler {
  /** Since the tool was started, or the model was asked. */
  readonly afterMs: number;
  /** One of these is said, never the one that was said last. */
  readonly say: readonly string[];
}

export interface OnFailure {
  /** One of these is said when all attempts have failed. */
  readonly say?: readonly string[];
  /** A hint for the model. */
  readonly guide?: string;
  /** A cheaper tool, run with the same arguments under its own policy. */
  readonly fallback?: { readonly name: string; readonly policy: ToolPolicy };
}

/** Where an argument comes from: a field of another tool's result. */
export interface Source {
  readonly tool: string;
  readonly field: string;
}

/** What the planner knows about a tool: its policy, and what it needs before it can run. */
export interface PlannedTool {
  readonly policy: ToolPolicy;
  /** By argument. */
  readonly requires?: Readonly<Record<string, Source>>;
  /** Tools whose calls of the same round come first. */
  readonly after?: readonly string[];
}

/** Tools by name: those that a round's calls need and the model did not call. */
export type Toolbox = Readonly<Record<string, PlannedTool>>;

/** How a call was settled. `result` is a JSON value or, if that was too large, its beginning as text that ends in a note. */
export interface CallResult {
  readonly ok: boolean;
  readonly result?: Json;
  readonly error?: CallError;
  /** Size of the whole result if it was shortened, and its SHA-256 if not even the record of the step has all of it. */
  readonly cut?: { readonly bytes: number; readonly sha256?: string };
  readonly attempts: number;
  readonly durationMs: number;
  /** Default `run`. */
  readonly source?: 'cache' | 'fallback';
  /** Set if this is a fallback's result: why the fallback ran. */
  readonly fellBackFor?: CallError;
  /** For the model, with the error: what it can do about it. */
  readonly guide?: string;
  /** What was said while the call was open, or because it failed. */
  readonly spoken?: readonly Speech[];
}

/** A call as the model asked for it. */
export interface AskedCall {
  readonly name: string;
  readonly arguments: Json;
}

/** A call as `think` returns it: checked, with what it runs under, or with the fault because of which it does not run. */
export type PlannedCall = RunnablePlan | FaultyPlan;

export interface RunnablePlan extends AskedCall, PlannedTool {
  readonly fault?: never;
}

export interface FaultyPlan extends AskedCall, None<PlannedTool> {
  readonly fault: CallError;
  /**
   * The same call stands in this earlier place of the reply: it runs once, and both have its result. Releases that do not know
   * this go by the fault.
   */
  readonly joins?: number;
}

type None<T> = { readonly [K in keyof T]?: never };

/** By argument: the call and the field of its result that fill it. */
export type Inputs = Readonly<Record<string, { readonly call: string; readonly field: string }>>;

/**
 * A call as it stands in a turn's record: every release writes and reads this form, and only `turn/recorded-rounds.ts`
 * converts it. The rules have it as a `Call` (`turn/call.ts`).
 */
export interface RecordedCall extends AskedCall, Partial<PlannedTool> {
  /** Step id, `tool:<round>:<index>:<name>`; it is the id of the call everywhere. */
  readonly call: string;
  readonly fault?: CallError;
  /** The call of its round whose result is its own too. */
  readonly joined?: string;
  readonly waitsFor?: readonly string[];
  readonly inputs?: Inputs;
  /** Stays when it is settled. */
  readonly started?: true;
  readonly settled?: CallResult;
  /** A `Call` has it; so the compiler sees where one is not converted. */
  readonly state?: never;
}

export interface Speech {
  /** `<round>-<n>` */
  readonly speech: string;
  readonly kind: SpeechKind;
  readonly text: string;
  readonly voiced?: Voiced;
}

/** How a speech ended. */
export interface Voiced {
  readonly heardText: string;
  readonly durationMs: number;
  /** It was cut before its end. */
  readonly interrupted?: true;
  /** How much of it was heard, if it was cut after it began. */
  readonly heardMs?: number;
  /** Why it went out as text, if it did. */
  readonly degraded?: string;
}

/**
 * What a model wants back with its own message in the later rounds of a turn: signed thinking, reasoning items. Opaque, and
 * for this provider and model alone. It is shown to nobody, and ends with its turn: a provider has no use for it once the
 * caller has spoken again.
 */
export interface ProviderState {
  readonly provider: string;
  readonly model: string;
  /** As they came. */
  readonly pieces: readonly Json[];
}

/** One model call and what it asked for, so far, as it stands in a turn's record. */
export interface RecordedRound {
  readonly round: number;
  readonly speeches: readonly Speech[];
  readonly calls: readonly RecordedCall[];
  readonly providerState?: ProviderState;
}
