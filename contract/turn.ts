import { z } from 'zod';
import type { Metadata, SealedFields } from './metadata.ts';
import type { History } from './history.ts';
import { Item } from './items.ts';
import { ModelUsage } from './usage.ts';

export const Outcome = z
  .enum(['answered', 'interrupted', 'expired', 'failed'])
  .meta({ id: 'Outcome', description: 'How a turn ended' });
export type Outcome = z.infer<typeof Outcome>;

export const TurnState = z
  .enum(['running', 'finished'])
  .meta({ id: 'TurnState', description: 'Whether the turn still goes on' });

export const Modality = z
  .enum(['text', 'audio'])
  .meta({ id: 'Modality', description: 'Whether the turn is spoken; `text`: nothing is synthesised' });
export type Modality = z.infer<typeof Modality>;

export const PlayoutMode = z.enum(['client', 'assumed']).meta({
  id: 'PlayoutMode',
  description: 'Whose clock says what was heard: `client` reports it, `assumed` counts real time from publication',
});
export type PlayoutMode = z.infer<typeof PlayoutMode>;

export const StepKind = z.enum(['think', 'voice', 'tool', 'cut']).meta({
  id: 'StepKind',
  description: 'A model call, a speech, a tool call, or an interrupt that came through Temporal',
});
export type StepKind = z.infer<typeof StepKind>;

/** An agent's settings for each of its turns; fixed when the turn starts, so that a running turn keeps them. */
export interface TurnTerms {
  /** Work, in ms, after which the turn expires; playout does not count. */
  readonly deadlineMs: number;
  readonly maxRounds: number;
  /** Said when the turn cannot be answered. */
  readonly apology: string;
  /** Said in a turn whose input is a greeting. */
  readonly greeting?: string;
  /** What a function of the agent's author has written for this turn, or why it has not. Left out: the agent's own text. */
  readonly instructions?: { readonly text: string } | { readonly fault: string };
}

/** What a turn answers. With `greeting` nobody has said anything, and the turn says the agent's greeting. */
export type TurnInput = { readonly type: 'text'; readonly text: string } | { readonly type: 'greeting' };

/** Digests of a post with an `Idempotency-Key`: a repeat has both, and another post of the key has another `body`. */
export const KeyedPost = z.object({ key: z.string(), body: z.string() });
export type KeyedPost = z.infer<typeof KeyedPost>;

/** The one argument of the workflow `turn`; its workflow id is the turn's id. */
export interface TurnStart {
  readonly conversationId: string;
  readonly agent: string;
  readonly input: TurnInput;
  readonly modality: Modality;
  /** Default `assumed`. */
  readonly playout?: PlayoutMode;
  /** Facts for this turn, shown to the model and not spoken. */
  readonly context?: string;
  /** The same of its conversation, for each of its turns. */
  readonly conversationContext?: string;
  /** Of the request that began it, by https://www.w3.org/TR/trace-context/: tools are told it. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Of the post that began it, where that had a key: told to the conversation with the turn. */
  readonly post?: KeyedPost;
  /** The conversation's, if the agent reads it; secret fields are only in `sealed`. */
  readonly metadata?: Metadata;
  readonly sealed?: SealedFields;
  /** Set by the post: a turn that lacks one of these four was not posted, and fails. */
  readonly number?: number;
  readonly home?: string;
  readonly terms?: TurnTerms;
  readonly history?: History;
}

/** A start with all that a turn's first step needs. */
export type OpenedStart = TurnStart & Required<Pick<TurnStart, 'number' | 'terms' | 'history'>>;

/** Before a start had an input: `text` was the caller's words, and without it the turn said the greeting. */
export type EarlierStart<T extends TurnStart = TurnStart> = Omit<T, 'input'> & { readonly text?: string };

export const SpeechRecord = z
  .object({
    speech: z.string().describe('Id of the speech'),
    durationMs: z.number().describe('Length of its audio'),
    heardMs: z.number().optional().describe('Of a speech that was cut: how much of it was heard'),
    degraded: z.string().optional().describe('Why it went out as text, if it did'),
  })
  .meta({ id: 'SpeechRecord', description: 'A speech as it was played; its words are among the items' });
export type SpeechRecord = z.infer<typeof SpeechRecord>;

export const StepError = z
  .object({
    kind: z.string().describe('The kind of error, e.g. `Model.Failed`; of a tool, a `CallErrorKind`'),
    message: z.string().describe('The error in words'),
  })
  .meta({ id: 'StepError', description: 'Why a step failed' });

export const StepRecord = z
  .object({
    id: z.string().describe('Id of the step in its turn, by its position: `think:2`, `tool:1:0:find_order`'),
    kind: StepKind,
    name: z.string().optional().describe('The tool, or the kind of speech'),
    state: z
      .enum(['running', 'finished', 'failed', 'cancelled', 'unknown'])
      .describe('`finished`: it went well. `unknown`: a write that may have happened'),
    attempts: z.int().describe('How often it was begun, by the process or by the tool itself'),
    startedAtMs: z.number().optional().describe("In ms since the start of the turn's workflow, by its clock"),
    durationMs: z.number().optional().describe('How long it took'),
    error: StepError.optional().describe('Why it failed; of a tool with a fallback, why the fallback was asked'),
    source: z.enum(['cache', 'fallback']).optional().describe('Of a tool whose result is not its own: whose it is'),
    speeches: z.array(SpeechRecord).optional().describe('What was said by it'),
    usage: z
      .array(ModelUsage)
      .optional()
      .describe('Of a model call, by model; what no provider has counted is left out'),
  })
  .meta({ id: 'StepRecord', description: 'One step as operators see it' });
export type StepRecord = z.infer<typeof StepRecord>;

/** Result of the workflow `turn`. Of a turn that failed or ran out of time it travels as the first detail of the failure. */
export const TurnResult = z.object({
  conversationId: z.string(),
  number: z.int(),
  outcome: Outcome,
  /** Of a turn that failed or ran out of time: why. */
  reason: z.string().optional(),
  /** Some speech could not be synthesised and went out as text only. */
  degraded: z.boolean(),
  items: z.array(Item),
  steps: z.array(StepRecord),
  /** Of all its steps, by model. Left out where no provider has counted anything. */
  usage: z.array(ModelUsage).optional(),
});
export type TurnResult = z.infer<typeof TurnResult>;
