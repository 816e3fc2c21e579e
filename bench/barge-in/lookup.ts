import { defineTool } from 'legato';
import { z } from 'zod';

/** A read that ends only when it is cancelled. */
export function createLookup(onAbort: () => void = () => undefined) {
  return defineTool({
    name: 'look_up',
    description: 'Looks something up and never ends',
    input: z.object({}),
    effect: 'read',
    timeoutMs: 20_000,
    budgetMs: 20_000,
    run: async (_, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      onAbort();
      return 'nothing';
    },
  });
}
