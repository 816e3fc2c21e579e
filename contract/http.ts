import { z } from 'zod';
import { ConversationTurn, Metadata } from './conversation.ts';
import { TurnEvent } from './events.ts';
import { Item } from './items.ts';
import { Modality, Outcome, StepRecord } from './turn.ts';

/** Limits of what a client may send. Characters are UTF-16 code units, as in JavaScript. */
export const limits = {
  bodyBytes: 64 * 1024,
  textCharacters: 8_000,
  contextCharacters: 4_000,
  metadataEntries: 16,
  idempotencyKeyCharacters: 255,
  waitSeconds: 60,
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
  })
  .meta({ id: 'CreateConversation' });
export type CreateConversation = z.input<typeof CreateConversation>;

export const CreatedConversation = z
  .object({
    id: z.string(),
    agent: z.string(),
    createdAt: z.iso.datetime(),
    metadata: Metadata.optional(),
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
    /** Left out: the turn says the agent's greeting. */
    input: z.strictObject({ text: z.string().regex(/\S/).max(limits.textCharacters) }).optional(),
    modality: Modality.default('audio'),
    playout: z.literal('assumed').default('assumed'),
    context: z.string().max(limits.contextCharacters).optional(),
  })
  .meta({ id: 'StartTurn' });
export type StartTurn = z.infer<typeof StartTurn>;

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
  degraded: z.boolean().optional(),
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

/** RFC 9457, as every error is answered. */
export const ProblemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    /** The fields that were turned down, where it was the body. */
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    /** The turn that is in the way of a second one. */
    openTurn: z.string().optional(),
  })
  .meta({ id: 'ProblemDetails' });
export type ProblemDetails = z.infer<typeof ProblemDetails>;

export const Health = z.object({ status: z.enum(['ok', 'ready']) }).meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
