import { z } from 'zod';
import { ConversationTurn } from './conversation.ts';
import { Metadata } from './metadata.ts';
import { eventStamp, eventType, TurnEvent } from './events.ts';
import { Item, SpeechId } from './items.ts';
import { textOfAtMost } from './text.ts';
import { Modality, Outcome, PlayoutMode, StepRecord, TurnState } from './turn.ts';
import { ModelUsage } from './usage.ts';

/** Limits of what a client may send. Characters are Unicode code points. */
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

export const ConversationId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('Id of the conversation');

const NewMetadata = Metadata.refine((entries) => Object.keys(entries).length <= limits.metadataEntries, {
  error: `has more than the limit of ${limits.metadataEntries} entries; leave some out`,
}).meta({ maxProperties: limits.metadataEntries });

/** Body of `POST /v1/conversations`. */
export const CreateConversation = z
  .strictObject({
    agent: textOfAtMost(64)
      .min(1)
      .optional()
      .describe('Name of the agent that is to answer; default: the one that is served'),
    id: ConversationId.optional().describe(
      'An id of your choice; a repeat with the same one finds the same conversation',
    ),
    metadata: NewMetadata.optional(),
    context: textOfAtMost(limits.contextCharacters)
      .optional()
      .describe(
        'Facts for each turn of the conversation, shown to the model and not spoken. The conversation keeps this and ' +
          '`metadata` as it was created with them: those of a second request with its id are ignored',
      ),
  })
  .meta({ id: 'CreateConversation', description: 'The conversation to create' });
export type CreateConversation = z.input<typeof CreateConversation>;

export const CreatedConversation = z
  .object({
    id: z.string().describe('Id of the conversation'),
    agent: z.string().describe('Name of the agent that answers'),
    createdAt: z.iso.datetime().describe('When it was created'),
    metadata: Metadata.optional(),
    context: z.string().optional().describe('Facts for each of its turns, shown to the model and not spoken'),
  })
  .meta({ id: 'CreatedConversation', description: 'A conversation, without what was said' });
export type CreatedConversation = z.infer<typeof CreatedConversation>;

export const Conversation = CreatedConversation.extend({
  turns: z.array(ConversationTurn).describe('The latest turns, oldest first'),
  items: z.array(Item).describe('The latest items, oldest first'),
  omittedItems: z.int().describe('How many older items are no longer kept'),
  pending: z.array(z.string()).describe('Ids of the turns that are open'),
}).meta({ id: 'Conversation', description: 'A conversation and what was said in it' });
export type Conversation = z.infer<typeof Conversation>;

const NewInput = z
  .strictObject({ text: textOfAtMost(limits.textCharacters).regex(/\S/).describe('The words of the caller') })
  .meta({ id: 'NewInput', description: 'What the caller said' });

/** Body of `POST /v1/conversations/:id/turns`. */
export const StartTurn = z
  .strictObject({
    input: NewInput.optional().describe("What the caller said; without it, the turn says the agent's greeting"),
    modality: Modality.default('audio'),
    playout: PlayoutMode.default('assumed'),
    context: textOfAtMost(limits.contextCharacters)
      .optional()
      .describe('Facts for this turn, shown to the model and not spoken'),
  })
  .meta({ id: 'StartTurn', description: 'The turn to start' });
export type StartTurn = z.infer<typeof StartTurn>;

const speechName = textOfAtMost(16).min(1).describe('Id of the speech, from its event `speech.started`');

/** Body of `POST /v1/turns/:id/interrupt`. */
export const InterruptTurn = z
  .strictObject({
    id: textOfAtMost(64).min(1).optional().describe('A repeat with the same id gets the same answer'),
    speech: speechName.optional().describe('Cut this speech only: if another one is playing, nothing is cut'),
    heardMs: z
      .number()
      .nonnegative()
      .optional()
      .describe(
        "How much of the speech the listener's device has played; beyond what was sent counts as all of it; needs `speech`",
      ),
  })
  .refine(({ speech, heardMs }) => heardMs === undefined || speech !== undefined, {
    path: ['speech'],
    error: "is missing; 'heardMs' counts from the beginning of a speech, so name it",
  })
  .meta({
    id: 'InterruptTurn',
    description: 'What the caller cuts; without a body, whatever is being said',
    dependentRequired: { heardMs: ['speech'] },
  });
export type InterruptTurn = z.input<typeof InterruptTurn>;

/** Answer of `POST /v1/turns/:id/interrupt`: 200, or 202 if the record does not have it yet. */
export const InterruptedTurn = z
  .object({
    recorded: z
      .boolean()
      .describe(
        'False: the record does not have it yet; it is retried. A turn of this process is silent anyway, one of another ' +
          'process once it gets the interrupt',
      ),
    interrupted: z.boolean().describe('Whether the turn was interrupted, by this interrupt or an earlier one'),
    heardText: z
      .string()
      .describe(
        'All that was heard of the turn: the words of all its speeches, in the order of its transcript. For a turn of ' +
          'another process that has not answered yet: what its record had before',
      ),
  })
  .meta({ id: 'InterruptedTurn', description: 'What an interrupt came to' });
export type InterruptedTurn = z.infer<typeof InterruptedTurn>;

/** Body of `POST /v1/turns/:id/playout`. */
export const ReportPlayout = z
  .strictObject({
    speech: speechName,
    positionMs: z.number().nonnegative().describe('How far it has played, since the beginning of the speech'),
    state: z.enum(['started', 'playing', 'finished']).describe('`finished` counts as all of the speech'),
  })
  .meta({ id: 'ReportPlayout', description: "What the listener's device has played of a speech" });
export type ReportPlayout = z.infer<typeof ReportPlayout>;

/** Answer of `POST /v1/turns/:id/playout`. */
export const CountedPlayout = z
  .object({ speech: SpeechId, heardMs: z.number().describe('How much of it counts as heard now') })
  .meta({ id: 'CountedPlayout', description: 'How much of a speech counts as heard now' });
export type CountedPlayout = z.infer<typeof CountedPlayout>;

const turnFields = {
  id: z.string().describe('Id of the turn, and of its workflow'),
  conversationId: z.string().describe('Id of the conversation'),
  number: z.int().describe('Place of the turn in its conversation, from 1'),
  state: TurnState,
  outcome: Outcome.optional().describe('Set once the turn has finished'),
  reason: z.string().optional().describe('Of a turn that failed or ran out of time: why'),
  degraded: z.boolean().optional().describe('Whether some speech went out as text because the voice failed'),
  startedAt: z.iso.datetime().describe('When it was posted'),
  finishedAt: z.iso.datetime().optional().describe('When it finished'),
  steps: z.array(StepRecord).describe('What was done, in order'),
  usage: z
    .array(ModelUsage)
    .optional()
    .describe('Of all its model calls, by model; what no provider has counted is left out'),
  items: z.array(Item).describe('What was said and done, in the order of meaning'),
  temporal: z
    .object({
      workflowId: z.string().describe('Id of the workflow'),
      runId: z.string().describe('Id of its run'),
      url: z.string().optional().describe("Its page in Temporal's UI, if there is one"),
    })
    .meta({ id: 'TemporalExecution', description: "Where Temporal has the turn's record" }),
};

/** Answer to a turn that was accepted: 202. */
export const AcceptedTurn = z
  .object({ id: turnFields.id, conversationId: turnFields.conversationId, number: turnFields.number })
  .meta({ id: 'AcceptedTurn', description: 'A turn that has begun' });
export type AcceptedTurn = z.infer<typeof AcceptedTurn>;

/** Answer of `GET /v1/turns/:id`. */
export const Turn = z.object(turnFields).meta({ id: 'Turn', description: 'A turn as its workflow knows it' });
export type Turn = z.infer<typeof Turn>;

export const TurnSnapshot = z.object({ ...eventStamp, type: eventType('turn.snapshot'), ...turnFields }).meta({
  id: 'TurnSnapshot',
  description:
    'Stands for events of a turn that are gone: all of them, and `turn.finished` follows, or those up to its `seq`, and the rest follows',
});
export type TurnSnapshot = z.infer<typeof TurnSnapshot>;

export const ServedEvent = z
  .discriminatedUnion('type', [...TurnEvent.options, TurnSnapshot])
  .meta({ id: 'ServedEvent', description: 'One event of a turn, as its readers get it' });
export type ServedEvent = z.infer<typeof ServedEvent>;

export const ProblemDetails = z
  .object({
    type: z.string().describe('What programs tell problems apart by, e.g. `urn:legato:problem:unknown-turn`'),
    title: z.string().describe('The status in words'),
    status: z.int().describe('The status of the response'),
    detail: z.string().describe('What went wrong, and what to do'),
    errors: z
      .array(
        z
          .object({
            field: z
              .string()
              .describe(
                'Its path in the body, e.g. `input.text`, or the parameter of the query; `body` for all of the body',
              ),
            message: z.string().describe('What is wrong with it, and what to do'),
          })
          .meta({ id: 'RefusedField', description: 'A field that was refused' }),
      )
      .optional()
      .describe('The refused fields, if the body or the query was refused'),
  })
  .meta({
    id: 'ProblemDetails',
    description: 'Why a request was refused (RFC 9457); every error response has this form',
  });
export type ProblemDetails = z.infer<typeof ProblemDetails>;

export const Health = z
  .object({
    status: z.enum(['ok', 'ready']).describe('`ok`: the process answers. `ready`: it takes turns'),
    missing: z
      .array(z.string())
      .optional()
      .describe(
        'What it does without, one sentence each: turns are taken, and readers at other processes get less of them',
      ),
  })
  .meta({ id: 'Health', description: 'How the process is' });
export type Health = z.infer<typeof Health>;
