import { z } from 'zod';
import { ConversationTurn } from './conversation.ts';
import { Metadata } from './metadata.ts';
import { TurnEvent } from './events.ts';
import { Item } from './items.ts';
import { Modality, Outcome, PlayoutMode, StepRecord } from './turn.ts';

/** Limits of what a client may send. Characters are UTF-16 code units, as in JavaScript. */
export const limits = {
  bodyBytes: 64 * 1024,
  textCharacters: 8_000,
  contextCharacters: 4_000,
  metadataEntries: 16,
  idempotencyKeyCharacters: 255,
  waitSeconds: 60,
  /** How many interrupt ids are kept per turn, so that a repeat changes nothing. */
  interruptIds: 100,
} as const;

export const ConversationId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** Body of `POST /v1/conversations`. */
export const CreateConversation = z
  .strictObject({
    agent: z.string().min(1).max(64).optional(),
    id: ConversationId.optional(),
    metadata: Metadata.refine((entries) => Object.keys(entries).length <= limits.metadataEntries, {
      error: `has more than the limit of ${limits.metadataEntries} entries; leave some out`,
    }).optional(),
    /**
     * Facts for each turn of the conversation, shown to the model and not spoken. The conversation keeps this and `metadata` as
     * it was created with them: those of a second request with its id are ignored.
     */
    context: z.string().max(limits.contextCharacters).optional(),
  })
  .meta({ id: 'CreateConversation' });
export type CreateConversation = z.input<typeof CreateConversation>;

export const CreatedConversation = z
  .object({
    id: z.string(),
    agent: z.string(),
    createdAt: z.iso.datetime(),
    metadata: Metadata.optional(),
    context: z.string().optional(),
  })
  .meta({ id: 'CreatedConversation' });
export type CreatedConversation = z.infer<typeof CreatedConversation>;

export const Conversation = CreatedConversation.extend({
  /** The latest turns, oldest first. */
  turns: z.array(ConversationTurn),
  /** The latest items, oldest first. */
  items: z.array(Item),
  omittedItems: z.int(),
  /** Ids of the turns that are open. */
  pending: z.array(z.string()),
}).meta({ id: 'Conversation' });
export type Conversation = z.infer<typeof Conversation>;

/** Body of `POST /v1/conversations/:id/turns`. */
export const StartTurn = z
  .strictObject({
    /** If absent, the turn says the agent's greeting. */
    input: z.strictObject({ text: z.string().regex(/\S/).max(limits.textCharacters) }).optional(),
    modality: Modality.default('audio'),
    playout: PlayoutMode.default('assumed'),
    context: z.string().max(limits.contextCharacters).optional(),
  })
  .meta({ id: 'StartTurn' });
export type StartTurn = z.infer<typeof StartTurn>;

const speechName = z.string().min(1).max(16);

/** Body of `POST /v1/turns/:id/interrupt`. */
export const InterruptTurn = z
  .strictObject({
    /** A repeat with the same id gets the same answer. */
    id: z.string().min(1).max(64).optional(),
    /** Cut this speech only: if another one is playing, nothing is cut. */
    speech: speechName.optional(),
    /** What the listener's device has played of it; beyond what was sent counts as all of it. */
    heardMs: z.number().nonnegative().optional(),
  })
  .refine(({ speech, heardMs }) => heardMs === undefined || speech !== undefined, {
    path: ['speech'],
    error: "is missing; 'heardMs' counts from the beginning of a speech, so name it",
  })
  .meta({ id: 'InterruptTurn' });
export type InterruptTurn = z.input<typeof InterruptTurn>;

/** Answer of `POST /v1/turns/:id/interrupt`: 200, or 202 if the record does not have it yet. */
export const InterruptedTurn = z
  .object({
    /** False: the record does not have it yet; it is retried. A turn of this process is silent anyway, one of another process once it gets the interrupt. */
    recorded: z.boolean(),
    /** Whether the turn was interrupted, by this interrupt or an earlier one. */
    interrupted: z.boolean(),
    /**
     * All that was heard of the turn: the words of all its speeches, in the order of its transcript. For a turn of another
     * process that has not answered yet: what its record had before.
     */
    heardText: z.string(),
  })
  .meta({ id: 'InterruptedTurn' });
export type InterruptedTurn = z.infer<typeof InterruptedTurn>;

/** Body of `POST /v1/turns/:id/playout`. */
export const ReportPlayout = z
  .strictObject({
    speech: speechName,
    /** Since the beginning of the speech. */
    positionMs: z.number().nonnegative(),
    state: z.enum(['started', 'playing', 'finished']),
  })
  .meta({ id: 'ReportPlayout' });
export type ReportPlayout = z.infer<typeof ReportPlayout>;

/** Answer of `POST /v1/turns/:id/playout`: how much of the speech counts as heard now. */
export const CountedPlayout = z.object({ speech: z.string(), heardMs: z.number() }).meta({ id: 'CountedPlayout' });
export type CountedPlayout = z.infer<typeof CountedPlayout>;

/** Answer to a turn that was accepted: 202. */
export const AcceptedTurn = z
  .object({ id: z.string(), conversationId: z.string(), number: z.int() })
  .meta({ id: 'AcceptedTurn' });
export type AcceptedTurn = z.infer<typeof AcceptedTurn>;

const turnFields = {
  id: z.string(),
  conversationId: z.string(),
  number: z.int(),
  state: z.enum(['running', 'finished']),
  outcome: Outcome.optional(),
  /** Of a turn that failed or ran out of time: why. */
  reason: z.string().optional(),
  degraded: z.boolean().optional(),
  /** When it was posted; if it was started directly through Temporal, when its workflow began. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  steps: z.array(StepRecord),
  items: z.array(Item),
  temporal: z.object({ workflowId: z.string(), runId: z.string(), url: z.string().optional() }),
};

/** Answer of `GET /v1/turns/:id`. */
export const Turn = z.object(turnFields).meta({ id: 'Turn' });
export type Turn = z.infer<typeof Turn>;

/** Stands for all events of a turn whose stream is gone; `turn.finished` follows. */
export const TurnSnapshot = z
  .object({ seq: z.int().positive(), atMs: z.number(), type: z.literal('turn.snapshot'), ...turnFields })
  .meta({ id: 'TurnSnapshot' });
export type TurnSnapshot = z.infer<typeof TurnSnapshot>;

/** What a reader of `GET /v1/turns/:id/events` gets. */
export const ServedEvent = z.union([TurnEvent, TurnSnapshot]);
export type ServedEvent = z.infer<typeof ServedEvent>;

/** Every error response has this form (RFC 9457). */
export const ProblemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    /** The refused fields, if the body was refused. */
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'ProblemDetails' });
export type ProblemDetails = z.infer<typeof ProblemDetails>;

export const Health = z.object({ status: z.enum(['ok', 'ready']) }).meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
