import { z } from 'zod';
import { CallError, Json, SpeechKind } from './items.ts';
import { Outcome, StepKind } from './turn.ts';

/** `seq`: one sequence per turn, from 1; a new home starts at the next multiple of 1,000,000. `atMs`: see `TurnEvent`. */
const stamp = { seq: z.int().positive(), atMs: z.number() };
const event = <T extends string, S extends z.ZodRawShape>(type: T, fields: S) =>
  z.object({ ...stamp, type: z.literal(type), ...fields });

const call = { call: z.string(), name: z.string() };

export const TurnStarted = event('turn.started', {
  conversationId: z.string(),
  number: z.int(),
  /** Absent in a turn that greets. */
  input: z.object({ text: z.string() }).optional(),
});
export const StepStarted = event('step.started', {
  step: z.string(),
  kind: StepKind,
  name: z.string().optional(),
  attempt: z.int(),
});
export const StepFinished = event('step.finished', {
  step: z.string(),
  kind: StepKind,
  name: z.string().optional(),
  attempt: z.int(),
  ok: z.boolean(),
  durationMs: z.number(),
  error: z.object({ kind: z.string(), message: z.string() }).optional(),
});
/** The record reached a step that this process began `leadMs` before. */
export const StepRecorded = event('step.recorded', { step: z.string(), leadMs: z.number() });
export const SpeechStarted = event('speech.started', { speech: z.string(), kind: SpeechKind.optional() });
/** `startMs`: where it begins in the speech's audio, as in a report of playout; stalls of the voice do not count. */
export const SpeechSentence = event('speech.sentence', {
  speech: z.string(),
  index: z.int(),
  text: z.string(),
  startMs: z.number(),
  durationMs: z.number().optional(),
});
/** `pcm`: base64 of signed 16 bit little endian samples, 24 kHz, mono. Sent only to readers that asked for audio. */
export const SpeechAudio = event('speech.audio', { speech: z.string(), index: z.int(), pcm: z.string() });
export const SpeechFinished = event('speech.finished', {
  speech: z.string(),
  kind: SpeechKind,
  text: z.string(),
  durationMs: z.number(),
});
export const SpeechCut = event('speech.cut', {
  speech: z.string(),
  kind: SpeechKind,
  text: z.string(),
  durationMs: z.number(),
  heardText: z.string(),
  heardMs: z.number(),
});
export const ToolStarted = event('tool.started', { ...call, arguments: Json, attempt: z.int() });
export const ToolProgress = event('tool.progress', {
  ...call,
  arguments: Json,
  attempt: z.int(),
  note: z.string(),
});
export const ToolFinished = event('tool.finished', {
  ...call,
  ok: z.boolean(),
  result: Json.optional(),
  error: CallError.optional(),
  attempts: z.int(),
  durationMs: z.number(),
  source: z.enum(['run', 'cache', 'fallback']),
});
/**
 * The caller spoke, or pressed stop. `speech`: what was playing; `heardMs`: how much of it was heard. `heardText`: all that
 * was heard of the turn until then.
 */
export const TurnInterrupted = event('turn.interrupted', {
  speech: z.string().optional(),
  heardMs: z.number().optional(),
  heardText: z.string(),
});
export const TurnFinished = event('turn.finished', {
  outcome: Outcome,
  degraded: z.boolean(),
  text: z.string(),
  /** Why it ended, if an operator terminated or deleted its workflow. */
  reason: z.string().optional(),
});

/**
 * One event of a turn as a client reads it from `GET /v1/turns/:id/events`. `atMs`: when it happened, in ms since the turn
 * was posted (if it was started directly through Temporal: since its workflow began); never less than that of the event before.
 */
export const TurnEvent = z.discriminatedUnion('type', [
  TurnStarted,
  StepStarted,
  StepFinished,
  StepRecorded,
  SpeechStarted,
  SpeechSentence,
  SpeechAudio,
  SpeechFinished,
  SpeechCut,
  ToolStarted,
  ToolProgress,
  ToolFinished,
  TurnInterrupted,
  TurnFinished,
]);
export type TurnEvent = z.infer<typeof TurnEvent>;
