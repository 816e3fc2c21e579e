import { z } from 'zod';
import { ServedEvent } from './http.ts';

/** The first event of a reader that names no event to go on from. Its id is where the reader is. */
export const ConversationJoined = z
  .object({
    type: z.literal('conversation.joined').describe('Which event it is'),
    conversationId: z.string().describe('Id of the conversation'),
  })
  .meta({ id: 'ConversationJoined', description: 'From here on the reader gets all events of the conversation' });
export type ConversationJoined = z.infer<typeof ConversationJoined>;

/** An event of one of the conversation's turns. */
export const ConversationEvent = z
  .intersection(z.object({ turnId: z.string().describe('The turn that the event belongs to') }), ServedEvent)
  .meta({ id: 'ConversationEvent', description: 'An event of a turn, with the turn that it belongs to' });
export type ConversationEvent = z.infer<typeof ConversationEvent>;

/** What a reader of `GET /v1/conversations/:id/events` gets. */
export const ServedConversationEvent = z.union([ConversationJoined, ConversationEvent]).meta({
  id: 'ServedConversationEvent',
  description: 'What a reader of a conversation gets: that it has joined, and then the events of the turns',
});
export type ServedConversationEvent = z.infer<typeof ServedConversationEvent>;
