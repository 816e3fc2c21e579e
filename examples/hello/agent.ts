import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

const tellTime = defineTool({
  name: 'tell_time',
  description: 'The time of day in a time zone, such as Europe/Lisbon',
  input: z.object({ zone: z.string() }),
  effect: 'read',
  run: ({ zone }) => new Date().toLocaleTimeString('en', { timeZone: zone, timeStyle: 'short' }),
});

const instructions = 'You tell callers what time it is where. Answer in one short sentence.';
export default defineAgent({ name: 'hello', instructions, model: 'gpt-5.1', voice: 'alloy', tools: [tellTime] });
