import { z } from 'zod';

export const SpeechId = z.string().describe('Id of the speech in its turn: `<round>-<n>`');
export const CallId = z.string().describe('Id of the call in its turn; it is also the id of its step');

export const SpeechKind = z.enum(['preamble', 'filler', 'answer', 'apology']).meta({
  id: 'SpeechKind',
  description: 'What a speech is for: before a tool, while waiting, the answer itself, or because something broke',
});
export type SpeechKind = z.infer<typeof SpeechKind>;

export const CallErrorKind = z
  .enum([
    'unknown_tool',
    'invalid_arguments',
    'invalid_result',
    'rejected',
    'skipped',
    'failed',
    'timed_out',
    'cancelled',
    'outcome_unknown',
  ])
  .meta({ id: 'CallErrorKind', description: 'Why a call was settled without a result' });
export type CallErrorKind = z.infer<typeof CallErrorKind>;

export const CallError = z
  .object({ kind: CallErrorKind, message: z.string().describe('The error in words, as the model reads it') })
  .meta({ id: 'CallError', description: 'Why a call has no result' });
export type CallError = z.infer<typeof CallError>;

const json = z.json();
/** Checked whole: a schema that refers to itself is one that generators of clients drop. */
export const Json = z
  .custom<z.infer<typeof json>>((value) => json.safeParse(value).success, 'must be a JSON value')
  .meta({ id: 'JsonValue', description: 'Any JSON value' });
export type Json = z.infer<typeof Json>;

const itemType = <T extends string>(type: T) => z.literal(type).describe('Which item it is');

export const UserItem = z
  .object({ type: itemType('user'), text: z.string().describe('The words of the caller') })
  .meta({ id: 'UserItem', description: 'What the caller said' });

export const SpeechItem = z
  .object({
    type: itemType('speech'),
    speech: SpeechId,
    kind: SpeechKind,
    text: z.string().describe('All that was to be said'),
    heardText: z.string().describe('What the caller heard of `text`'),
    interrupted: z.boolean().optional().describe('Set, and true, if the speech was cut'),
    degraded: z
      .boolean()
      .optional()
      .describe('Set, and true, if the voice failed: what it did not say went out as text and is not in `heardText`'),
  })
  .meta({ id: 'SpeechItem', description: 'What the agent said' });

export const CallItem = z
  .object({
    type: itemType('call'),
    call: CallId,
    name: z.string().describe('Name of the tool'),
    arguments: Json.describe('What the tool is called with: any JSON value'),
  })
  .meta({ id: 'CallItem', description: 'A tool call that the model made, or that another call requires' });

export const ResultItem = z
  .object({
    type: itemType('result'),
    call: CallId,
    ok: z.boolean().describe('Whether the call has a result; otherwise it has an error'),
    result: Json.optional().describe('What the tool returned: any JSON value'),
    error: CallError.optional().describe('Why there is no result'),
    source: z.enum(['cache', 'fallback']).optional().describe('Set if the result is not from a run of the tool itself'),
    guide: z.string().optional().describe('For the model: what it can do about the error'),
    told: z.string().optional().describe('For the model: what the caller has already heard about the error'),
  })
  .meta({ id: 'ResultItem', description: 'How a call was settled; every call has exactly one result' });

export const Item = z.discriminatedUnion('type', [UserItem, SpeechItem, CallItem, ResultItem]).meta({
  id: 'Item',
  description: 'One entry of a transcript, in the order of meaning: user, preamble, call, result, answer',
});
export type Item = z.infer<typeof Item>;

/** A later release may know more of them. */
export const itemTypes: ReadonlySet<unknown> = new Set(Item.options.map(({ shape }) => shape.type.value));
