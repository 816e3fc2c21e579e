// An agent with a tool that blocks its thread, for as long as it is told; loaded by the threads that run it.
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

export const block = defineTool({
  name: 'block',
  description: 'Blocks',
  input: z.object({ ms: z.number() }),
  effect: 'read',
  thread: true,
  timeoutMs: 5_000,
  budgetMs: 10_000,
  retry: { attempts: 1, firstDelayMs: 1 },
  run: ({ ms }, { progress }) => {
    progress('blocking');
    const untilMs = performance.now() + ms;
    while (performance.now() < untilMs);
    return { blocked: ms };
  },
});

function brokenCheck(): never {
  throw new RangeError('The check is broken');
}

export const uncheckable = defineTool({
  name: 'uncheckable',
  description: 'Gives what its own check cannot take',
  input: z.object({}),
  output: z.string().transform(brokenCheck),
  effect: 'read',
  thread: true,
  run: () => 'fine',
});

export default defineAgent({
  name: 'blocking',
  instructions: 'You block.',
  model: 'scripted',
  voice: 'alloy',
  tools: [block, uncheckable],
});
