import { defineAgent, defineTool, secret } from 'legato';
import { z } from 'zod';
import { lastReading, measureLine, orderVisit, waitFor } from './lines.ts';

/** What the gateway knows about the caller. On the wire every field is text. */
const metadata = z.object({
  customer: z.string(),
  line: z.string(),
  freeVisits: z.coerce.number().int().default(0),
  token: secret(z.string().min(8)),
});

const reading = z.object({ mbits: z.number(), measured: z.string() });

export const testLine = defineTool({
  name: 'test_line',
  description: "Measures the caller's line now",
  input: z.object({}),
  output: reading,
  effect: 'read',
  metadata: metadata.pick({ line: true, token: true }),
  timeoutMs: 10_000,
  budgetMs: 10_000,
  preamble: { force: 'I will measure your line now.' },
  fillers: [
    { afterMs: 3_000, say: ['I am still measuring.', 'One more moment.'] },
    { afterMs: 5_500, say: (_, { metadata: { line } }) => `Line ${line} takes its time today.` },
  ],
  onFailure: { fallback: 'last_reading', guide: "Say that this is last night's reading" },
  run: (_, { metadata: { line, token }, progress, signal }) =>
    measureLine(line, { token, progress, wait: waitFor(signal) }),
});

export const readingOfLastNight = defineTool({
  name: 'last_reading',
  description: "Last night's reading of the caller's line",
  input: z.object({}),
  output: reading,
  effect: 'read',
  metadata: metadata.pick({ line: true }),
  run: (_, { metadata: { line } }) => lastReading(line),
});

export const sendTechnician = defineTool({
  name: 'send_technician',
  description: 'Orders the visit of a technician, once the line was measured and is slow',
  input: z.object({}),
  effect: 'write',
  metadata: metadata.pick({ line: true, freeVisits: true }),
  rejectIf: (_, __, { conversationContext, metadata: { freeVisits } }) => {
    if (conversationContext?.includes('outage'))
      return 'An outage is being repaired, and a visit would not help; say so';
    return freeVisits === 0 && 'The contract has no free visits left; offer the paid ones by mail';
  },
  run: (_, { metadata: { line }, idempotencyKey }) => orderVisit(line, idempotencyKey),
});

export default defineAgent({
  name: 'support',
  instructions: ({ metadata: { customer, line }, now }) =>
    `You help ${customer}, whose internet line is ${line}. Your words are spoken: use short sentences.
Measure before you send anybody. Today is ${now.toLocaleDateString('en', { weekday: 'long' })}; nobody comes on Sundays.`,
  model: 'gpt-5.1',
  fallbackModel: 'gpt-5-mini',
  voice: 'alloy',
  apology: 'I am sorry, I cannot look into your line right now. Please call again in a moment.',
  metadata,
  fillers: [{ afterMs: 2_500, say: ['Let me think.', 'One moment.'] }],
  tools: [testLine, readingOfLastNight, sendTechnician],
});
