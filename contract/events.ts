import { z } from 'zod';
import { CallError, CallId, Json, SpeechId, SpeechKind } from './items.ts';
import { Outcome, StepError, StepKind } from './turn.ts';
import { ModelUsage } from './usage.ts';

/** What every event has. */
export const eventStamp = {
  seq: z
    .int()
    .positive()
    .describe('One sequence per turn, from 1; a new home starts at the next multiple of 1,000,000'),
  atMs: z
    .number()
    .describe('When it happened, in ms since the turn was posted; never less than that of the event before'),
};

export const eventType = <T extends string>(type: T) => z.literal(type).describe('Which event it is');

/** The type `speech.started` has the name `SpeechStarted` in the API's description. */
function event<T extends string, S extends z.ZodRawShape>(type: T, description: string, fields: S) {
  const id = type.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return z.object({ ...eventStamp, type: eventType(type), ...fields }).meta({ id, description });
}

const index = z.int().describe('Place of the sentence in its speech, from 0');

const call = {
  call: CallId,
  name: z.string().describe('Name of the tool'),
};
const callAttempt = {
  ...call,
  arguments: Json.describe('What the tool is called with: any JSON value'),
  attempt: z.int().describe('Which attempt of the call it is, from 1'),
};
const step = {
  step: z.string().describe('Id of the step, by its position in the turn: `think:2`, `tool:1:0:find_order`'),
  kind: StepKind,
  name: z.string().optional().describe('The tool, or the kind of speech'),
  attempt: z.int().describe('Which attempt of the step it is, from 1'),
};
const endedSpeech = {
  speech: SpeechId,
  kind: SpeechKind,
  text: z.string().describe('All that was to be said'),
  durationMs: z.number().describe('Length of the audio that was made of it'),
};

export const TurnStarted = event('turn.started', 'The turn has begun', {
  conversationId: z.string().describe('Id of the conversation'),
  number: z.int().describe('Place of the turn in its conversation, from 1'),
  input: z
    .object({ text: z.string().describe('The words of the caller') })
    .meta({ id: 'TurnInput', description: 'What the caller said' })
    .optional()
    .describe('What the caller said; absent in a turn that greets'),
});
export const StepStarted = event('step.started', 'A step began at home', step);
export const StepFinished = event('step.finished', 'A step ended at home', {
  ...step,
  ok: z.boolean().describe('Whether the step itself completed, not whether a tool succeeded'),
  durationMs: z.number().describe('How long it took'),
  error: StepError.optional().describe('Why it did not complete'),
  usage: z.array(ModelUsage).optional().describe('Of a model call, by model; what no provider has counted is left out'),
});
export const StepRecorded = event('step.recorded', 'The durable record reached a step', {
  step: step.step,
  leadMs: z.number().describe('How long before the step began at home'),
});
export const SpeechStarted = event(
  'speech.started',
  'A speech begins with its first audio, or with its first text if there is no audio',
  {
    speech: SpeechId,
    kind: SpeechKind.optional().describe("Set if it is known already; of the model's own words it is known at the end"),
  },
);
export const SpeechSentence = event('speech.sentence', 'A sentence of a speech; its audio follows, if it has any', {
  speech: SpeechId,
  index,
  text: z.string().describe('The words of the sentence'),
  startMs: z
    .number()
    .describe("Where it begins in the speech's audio, as in a report of playout; stalls of the voice do not count"),
  durationMs: z.number().optional().describe('Length of its audio, if it is known already'),
});
export const SpeechAudio = event(
  'speech.audio',
  'A piece of a sentence, to be played in the order in which the pieces come; sent only to readers that asked for audio',
  { speech: SpeechId, index, pcm: z.string().describe('Base64 of signed 16 bit little endian samples, 24 kHz, mono') },
);
export const SpeechFinished = event('speech.finished', 'All of the speech was played out', endedSpeech);
export const SpeechCut = event(
  'speech.cut',
  'The speech was stopped before its end: stop playing it, and discard what is buffered',
  {
    ...endedSpeech,
    heardText: z.string().describe('What the caller heard of `text`'),
    heardMs: z.number().describe('How much of the audio the caller heard'),
  },
);
export const ToolStarted = event('tool.started', 'An attempt of a tool call began', callAttempt);
export const ToolProgress = event('tool.progress', 'A tool that is running says how far it is', {
  ...callAttempt,
  note: z.string().describe('What the tool says'),
});
export const ToolFinished = event(
  'tool.finished',
  'The call is settled, with a result or an error; sent once the speech of its round has begun',
  {
    ...call,
    ok: z.boolean().describe('Whether the call has a result; otherwise it has an error'),
    result: Json.optional().describe('What the tool returned: any JSON value'),
    error: CallError.optional().describe('Why there is no result'),
    attempts: z.int().describe('How often it was tried'),
    durationMs: z.number().describe('How long it took, over all attempts'),
    source: z.enum(['run', 'cache', 'fallback']).describe('Where the result is from'),
  },
);
export const TurnInterrupted = event('turn.interrupted', 'The caller spoke, or pressed stop', {
  speech: SpeechId.optional().describe('The speech that was playing, if one was'),
  heardMs: z.number().optional().describe('How much of that speech was heard'),
  heardText: z.string().describe('All that was heard of the turn until then'),
});
export const TurnFinished = event('turn.finished', 'The turn is over, and so is its stream', {
  outcome: Outcome,
  degraded: z.boolean().describe('Whether some speech went out as text because the voice failed'),
  text: z
    .string()
    .describe('All that the agent said or was about to say; what was heard of it is in the items of the turn'),
  reason: z.string().optional().describe('Why it ended, if an operator terminated or deleted its workflow'),
});

/** One event of a turn as this process publishes it. */
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
