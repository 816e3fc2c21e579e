import type { CallError, Json, SpeechKind } from './items.ts';

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
}

/** What a call came to. `result` is a JSON value, or, if that was too large, its beginning as text that ends in a note. */
export interface CallResult {
  readonly ok: boolean;
  readonly result?: Json;
  readonly error?: CallError;
  /** Size and SHA-256 of the whole result where it was cut. */
  readonly cut?: { readonly bytes: number; readonly sha256: string };
  readonly attempts: number;
  readonly durationMs: number;
}

/** A call as `think` returns it: checked, with either the policy it runs under or the fault that keeps it from running. */
export interface PlannedCall {
  readonly name: string;
  readonly arguments: Json;
  readonly policy?: ToolPolicy;
  readonly fault?: CallError;
}

export interface Call extends PlannedCall {
  /** Step id, `tool:<round>:<index>:<name>`; it is the id of the call everywhere. */
  readonly call: string;
  readonly settled?: CallResult;
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
  /** Why it went out as text, if it did. */
  readonly degraded?: string;
}

/** One model call and what it asked for, as far as it has come. */
export interface Round {
  readonly round: number;
  readonly speeches: readonly Speech[];
  readonly calls: readonly Call[];
}
