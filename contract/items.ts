import { z } from 'zod';

/** What a speech is for: before a tool, while waiting, the answer itself, or because something broke. */
export const SpeechKind = z.enum(['preamble', 'filler', 'answer', 'apology']);
export type SpeechKind = z.infer<typeof SpeechKind>;

/** Why a call was settled without a result. */
export const CallErrorKind = z.enum([
  'unknown_tool',
  'invalid_arguments',
  'invalid_result',
  'rejected',
  'skipped',
  'failed',
  'timed_out',
  'cancelled',
  'outcome_unknown',
]);
export type CallErrorKind = z.infer<typeof CallErrorKind>;

export const CallError = z.object({ kind: CallErrorKind, message: z.string() });
export type CallError = z.infer<typeof CallError>;

/** Any JSON value; tools' arguments and results travel as these. */
export const Json = z.json();
export type Json = z.infer<typeof Json>;

export const UserItem = z.object({ type: z.literal('user'), text: z.string() });

export const SpeechItem = z.object({
  type: z.literal('speech'),
  speech: z.string(),
  kind: SpeechKind,
  text: z.string(),
  heardText: z.string(),
  interrupted: z.boolean().optional(),
});

export const CallItem = z.object({
  type: z.literal('call'),
  call: z.string(),
  name: z.string(),
  arguments: Json,
});

export const ResultItem = z.object({
  type: z.literal('result'),
  call: z.string(),
  ok: z.boolean(),
  result: Json.optional(),
  error: CallError.optional(),
  /** Set if the result is not from a run of the tool itself. */
  source: z.enum(['cache', 'fallback']).optional(),
  /** For the model: what it can do about the error. */
  guide: z.string().optional(),
  /** For the model: what the caller has already heard about the error. */
  told: z.string().optional(),
});

/** One entry of a transcript, in the order of meaning: user, preamble, call, result, answer. */
export const Item = z.discriminatedUnion('type', [UserItem, SpeechItem, CallItem, ResultItem]);
export type Item = z.infer<typeof Item>;

/** A later release may know more of them. */
export const itemTypes: ReadonlySet<unknown> = new Set(Item.options.map(({ shape }) => shape.type.value));
