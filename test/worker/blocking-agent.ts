// An agent with a tool that blocks its thread until a file is there; loaded by the threads that run it.
import { existsSync } from 'node:fs';
import { defineAgent, defineTool, ToolError } from 'legato';
import { z } from 'zod';

export const block = defineTool({
  name: 'block',
  description: 'Blocks',
  input: z.object({ file: z.string() }),
  effect: 'read',
  thread: true,
  timeoutMs: 30_000,
  budgetMs: 30_000,
  retry: { attempts: 1, firstDelayMs: 1 },
  run: ({ file }, { progress }) => {
    progress('blocking');
    while (!existsSync(file));
    return { blockedUntil: file };
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

export const told = defineTool({
  name: 'told',
  description: 'Gives what it is told',
  input: z.object({}),
  effect: 'read',
  thread: true,
  run: (_, { log, signal: __, progress: ___, ...context }) => {
    log.info('asked', { nested: { a: 1 }, send: function send() {} });
    log.error('refused', Object.assign(new TypeError('Refused'), { code: 'ECONNREFUSED' }));
    return { ...context };
  },
});

export const final = defineTool({
  name: 'final',
  description: 'Says that nothing else may be tried',
  input: z.object({}),
  effect: 'read',
  thread: true,
  run: () => {
    throw new ToolError('Shipped');
  },
});

const metadata = z.object({ seats: z.coerce.number().default(1), region: z.string().optional() });

export const count = defineTool({
  name: 'count',
  description: 'Counts',
  input: z.object({}),
  effect: 'read',
  thread: true,
  metadata: metadata.pick({ seats: true }),
  run: (_, tool) => tool.metadata,
});

export default defineAgent({
  name: 'blocking',
  instructions: 'You block.',
  model: 'scripted',
  voice: 'alloy',
  metadata,
  tools: [block, uncheckable, told, final, count],
});
