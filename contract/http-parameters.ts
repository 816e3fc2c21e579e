import { z } from 'zod';
import { limits } from './http.ts';

export const IdempotencyKey = z
  .string()
  .regex(/^[!-~](?:[ -~]*[!-~])?$/)
  .max(limits.idempotencyKeyCharacters);

/** The `seq` of an event. */
export const EventId = z.string().regex(/^[0-9]{1,15}$/);

/** Where a reader of a conversation is. Clients send it as they received it. */
export const FollowedEventId = z.string().regex(/^[0-9]{1,15}(?:,[0-9]{1,15}:(?:x|[0-9]{1,15}):[!-+\--9;-~]+)*$/);

/** What a reader of events may ask for, beside the event to go on from. */
export const EventsQuery = z.object({
  audio: z.enum(['0', '1']).optional().describe('`1`: send `speech.audio` events too'),
});
