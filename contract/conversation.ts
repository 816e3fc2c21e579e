import { z } from 'zod';
import { Item } from './items.ts';
import { Metadata, SealedFields } from './metadata.ts';
import { KeyedPost, Outcome, TurnState } from './turn.ts';

export const ConversationTurn = z
  .object({
    id: z.string().describe('Id of the turn'),
    number: z.int().describe('Its place in the conversation, from 1'),
    state: TurnState,
    outcome: Outcome.optional().describe('Set once the turn has finished'),
    startedAt: z.iso.datetime().describe('When it was posted'),
    finishedAt: z.iso.datetime().optional().describe('When it finished'),
    itemCount: z.int().optional().describe("How many of the conversation's items are this turn's"),
  })
  .meta({ id: 'ConversationTurn', description: 'A turn as its conversation lists it' });
export type ConversationTurn = z.infer<typeof ConversationTurn>;

/** As its conversation keeps it. */
const RecordedTurn = ConversationTurn.extend({
  /** Of the newest home that has reported something of it. Left out: 0. */
  epoch: z.int().optional(),
  /** Left out where the post had no key. */
  post: KeyedPost.optional(),
});

/** Answer of the query `conversationRecord`, and the result a conversation leaves behind when it closes. */
export const ConversationRecord = z.object({
  agent: z.string(),
  createdAt: z.iso.datetime(),
  metadata: Metadata.optional(),
  /** Facts for each of its turns, shown to the model and not spoken. */
  context: z.string().optional(),
  sealed: SealedFields.optional(),
  /** The latest turns, oldest first: those that have ended, and those that were taken over. */
  turns: z.array(RecordedTurn),
  /** The latest items, oldest first, in their turns' order. */
  items: z.array(Item),
  /** How many older items are no longer kept. */
  omittedItems: z.int(),
});
export type ConversationRecord = z.infer<typeof ConversationRecord>;

/** What a conversation is created with. It never changes. */
export type ConversationFacts = Pick<ConversationRecord, 'metadata' | 'sealed' | 'context'>;

/** The one argument of the workflow `conversation`: a new record, or the one that an earlier run left. */
export type ConversationInput = ConversationRecord;

export interface TurnBegan {
  readonly id: string;
  readonly number: number;
  readonly startedAt: string;
  /** Of the home that reports it: what an older one reports is ignored. Default 0. */
  readonly epoch?: number;
  readonly post?: KeyedPost;
}

export interface TurnEnded extends TurnBegan {
  readonly outcome: Outcome;
  readonly items: readonly Item[];
  /** Reported by the record itself: replaces what a home has reported before or reports later. */
  readonly corrects?: true;
  /** It is a home that corrects: it does not replace what a newer home has reported. */
  readonly byHome?: true;
}
