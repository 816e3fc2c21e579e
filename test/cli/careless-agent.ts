// An agent whose tools leave errors behind, each in another way, and answer all the same.
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

async function fail(message: string): Promise<never> {
  await sleep(1);
  throw new Error(message);
}

const careless = { input: z.object({}), effect: 'read', preamble: 'off', retry: { attempts: 1 } } as const;

const tools = [
  defineTool({
    ...careless,
    name: 'floating',
    description: 'Awaits nothing',
    run: () => {
      void fail('floating error');
      return 'done';
    },
  }),
  defineTool({
    ...careless,
    name: 'timer',
    description: 'Throws in a timer',
    run: async () => {
      setTimeout(() => {
        throw new Error('timer error');
      }, 1);
      await sleep(20);
      return 'done';
    },
  }),
  defineTool({
    ...careless,
    name: 'emitter',
    description: 'Does not listen to errors',
    run: () => {
      setImmediate(() => new EventEmitter().emit('error', new Error('emitter error')));
      return 'done';
    },
  }),
  defineTool({
    ...careless,
    name: 'listener',
    description: 'Throws when it is aborted',
    timeoutMs: 50,
    run: (_, { signal }) => {
      signal.addEventListener('abort', () => {
        throw new Error('listener error');
      });
      return new Promise(() => undefined);
    },
  }),
  defineTool({
    ...careless,
    name: 'refusal',
    description: 'Leaves an error behind when it is checked',
    rejectIf: () => {
      void fail('refusal error');
      return undefined;
    },
    run: () => 'done',
  }),
  defineTool({
    ...careless,
    name: 'holding',
    description: 'Lets nothing else run',
    run: () => {
      const untilMs = performance.now() + 600;
      while (performance.now() < untilMs);
      return 'done';
    },
  }),
  defineTool({
    ...careless,
    name: 'leaving',
    description: 'Ends the process',
    run: () => process.exit(3),
  }),
  defineTool({
    ...careless,
    name: 'threaded',
    description: 'Leaves an error behind on a thread',
    thread: true,
    timeoutMs: 10_000,
    budgetMs: 10_000,
    run: async () => {
      void fail('threaded error');
      await sleep(20);
      return 'done';
    },
  }),
];

export default defineAgent({
  name: process.env['FIXTURE_AGENT'] ?? 'careless',
  instructions: 'You are careless.',
  model: 'scripted',
  voice: 'alloy',
  tools,
});
