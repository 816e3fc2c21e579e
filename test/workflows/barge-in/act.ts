import type { ToolContext, ToolDefinition } from 'legato';
import { z } from 'zod';

type ToolOptions = Partial<ToolDefinition>;

/** The one tool of these tests, whatever its effect; it says how often it ran. */
export function act(options: ToolOptions, run: (signal: AbortSignal) => unknown = () => 'done') {
  let runs = 0;
  const tool: ToolDefinition = {
    name: 'act',
    description: 'Does what was asked',
    input: z.object({}),
    effect: 'read',
    timeoutMs: 20_000,
    budgetMs: 20_000,
    ...options,
    run: (_: unknown, { signal }: ToolContext) => {
      runs += 1;
      return run(signal);
    },
  };
  return { tool, runs: () => runs };
}

/** A run that is begun, and ends when it is told to. */
export function hold() {
  const begun = Promise.withResolvers<AbortSignal>();
  const end = Promise.withResolvers<string>();
  const run = (signal: AbortSignal): Promise<string> => {
    begun.resolve(signal);
    return end.promise;
  };
  return { run, begun: begun.promise, end: () => end.resolve('done') };
}
