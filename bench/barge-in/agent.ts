import { defineAgent } from 'legato';
import { createLookup } from './lookup.ts';

export default defineAgent({
  name: 'bench-barge-in',
  instructions: 'You help callers of a shop.',
  model: 'scripted',
  voice: 'alloy',
  tools: [createLookup()],
});
