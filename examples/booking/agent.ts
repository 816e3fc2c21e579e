import { defineAgent, defineTool, from } from 'legato';
import { z } from 'zod';
import { book, findPatient, freeSlots } from './calendar.ts';

const slot = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);

export const identifyPatient = defineTool({
  name: 'identify_patient',
  description: 'Who is calling',
  input: z.object({}),
  output: z.object({ patient_id: z.string(), name: z.string() }),
  effect: 'read',
  // With a telephone this would look for the caller's number.
  run: () => findPatient('p-7') ?? Promise.reject(new Error('The caller is not known; offer a person')),
});

export const findSlots = defineTool({
  name: 'find_slots',
  description: 'Free times on a day',
  input: z.object({ day: z.iso.date() }),
  output: z.object({ slots: z.array(slot) }),
  effect: 'read',
  fillers: [{ afterMs: 1_200, say: 'I am looking at the calendar.' }],
  run: ({ day }) => ({ slots: freeSlots(day) }),
});

export const bookAppointment = defineTool({
  name: 'book_appointment',
  description: 'Books one of the free times. Say first which time you book, so that the caller can stop you',
  input: z.object({ slot, patient_id: z.string() }),
  effect: 'write',
  // The caller hears the whole sentence before anything is booked, and a barge-in during it books nothing.
  start: 'after_speech',
  preamble: { force: 'I will book that for you now.' },
  // Filled from the other tool: the model cannot book for somebody else.
  requires: { patient_id: from('identify_patient', 'patient_id') },
  rejectIf: ({ slot: wanted }, transcript) => {
    const wasOffered = transcript.some((item) => item.type === 'result' && JSON.stringify(item).includes(wanted));
    return !wasOffered && `'${wanted}' was not among the free times; look them up first`;
  },
  run: ({ slot: wanted, patient_id }, { idempotencyKey }) => ({
    ...book({ slot: wanted, patientId: patient_id }, idempotencyKey),
  }),
});

export default defineAgent({
  name: 'booking',
  instructions: `You book appointments of a dentist by telephone. Your words are spoken: use short sentences.
Offer at most two times. Book only what the caller has agreed to.`,
  model: 'gpt-5.1',
  voice: 'alloy',
  greeting: 'Good morning, this is the dental clinic. When would you like to come?',
  apology: 'I am sorry, I cannot reach the calendar. Please call again in a moment.',
  tools: [identifyPatient, findSlots, bookAppointment],
});
