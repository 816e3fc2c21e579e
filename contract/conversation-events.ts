import { z } from 'zod';
import { eventType } from './events.ts';
import { ServedEvent } from './http.ts';

/** The first event of a reader that names no event to go on from. Its id is where the reader is. */
export const ConversationJoined = z
  .object({
    type: eventType('conversation.joined'),
    conversationId: z.string().describe('Id of the conversation'),
  })
  .meta({ id: 'ConversationJoined', description: 'From here on the reader gets all events of the conversation' });
export type ConversationJoined = z.infer<typeof ConversationJoined>;

/** An event of one of the conversation's turns. */
export type ConversationEvent = { readonly turnId: string } & ServedEvent;

const turnId = z.string().describe('The turn that the event belongs to');
/** `turn.started` is `FollowedTurnStarted` here: generators of types take unions of named schemas only. */
const followed = (ServedEvent.options as readonly z.ZodObject[]).map((event) => {
  const { id, description } = z.globalRegistry.get(event) ?? {};
  return event.extend({ turnId }).meta({ id: `Followed${id}`, description: `${description}; with its turn` });
});
// Each is an event with its turn; the list does not say so to the compiler.
const unionOf = <T>(options: readonly z.ZodObject[]): z.ZodType<T> =>
  z.discriminatedUnion('type', options as [z.ZodObject, ...z.ZodObject[]]) as unknown as z.ZodType<T>;

export const ConversationEvent = unionOf<ConversationEvent>(followed);

/** What a reader of `GET /v1/conversations/:id/events` gets. */
export type ServedConversationEvent = ConversationJoined | ConversationEvent;
export const ServedConversationEvent = unionOf<ServedConversationEvent>([ConversationJoined, ...followed]).meta({
  id: 'ServedConversationEvent',
  description: 'What a reader of a conversation gets: that it has joined, and then the events of the turns',
});
