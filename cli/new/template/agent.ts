import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

// In place of your database.
const repairs = new Map([
  ['1042', { bicycle: 'blue city bike', status: 'ready' }],
  ['1043', { bicycle: 'red racing bike', status: 'waiting for a chain' }],
]);
const pickups = new Map<string, { ticket: string; day: string }>();

export const repairStatus = defineTool({
  name: 'repair_status',
  description: 'The status of a repair, by the number of its ticket',
  input: z.object({ ticket: z.string() }),
  output: z.object({ bicycle: z.string(), status: z.string() }),
  effect: 'read', // It may run again, or before it is certain that its result is needed.
  fillers: [{ afterMs: 800, say: 'One moment, please.' }], // Said if it takes longer.
  run: ({ ticket }) => {
    const repair = repairs.get(ticket);
    if (!repair) throw new Error(`There is no ticket ${ticket}`); // The model reads this, and tells the caller.
    return repair;
  },
});

export const bookPickup = defineTool({
  name: 'book_pickup',
  description: 'Books the day of the week on which the caller picks up a bicycle',
  input: z.object({ ticket: z.string(), day: z.string() }),
  effect: 'write', // It changes the world, and is never repeated blindly.
  run: ({ ticket, day }, { idempotencyKey }) => {
    // The key is the same in every attempt of a call: hand it on to the service that you call.
    pickups.set(idempotencyKey, { ticket, day });
    return { booked: day };
  },
});

export default defineAgent({
  name: 'my-agent',
  instructions: [
    'You answer the telephone of a bicycle workshop. Your words are spoken: use one or two short sentences.',
    'Ask for the number of the ticket. Book a pickup only for a bicycle that is ready.',
  ].join('\n'),
  model: 'gpt-5.1',
  voice: 'alloy',
  tools: [repairStatus, bookPickup],
});
