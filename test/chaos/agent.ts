// The agent of the chaos runs. What its tools do is counted outside, at the address of CHAOS_LEDGER.
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

const { CHAOS_AGENT = 'chaos', CHAOS_LEDGER = '' } = process.env;

const input = z.object({ ref: z.string() });
type Input = z.infer<typeof input>;

function createRun(name: string) {
  return async ({ ref }: Input, { idempotencyKey: key }: { readonly idempotencyKey: string }): Promise<string> => {
    const answer = await fetch(`${CHAOS_LEDGER}/${name}`, { method: 'POST', body: JSON.stringify({ ref, key }) });
    return await answer.text();
  };
}

const patient = { input, timeoutMs: 8_000, budgetMs: 20_000 };

export default defineAgent({
  name: CHAOS_AGENT,
  instructions: 'You serve while processes die.',
  model: 'scripted',
  voice: 'alloy',
  deadlineMs: 60_000,
  tools: [
    defineTool({ ...patient, name: 'look', description: 'Reads', effect: 'read', run: createRun('look') }),
    defineTool({ ...patient, name: 'book', description: 'Writes', effect: 'write', run: createRun('book') }),
    defineTool({
      ...{ ...patient, name: 'pay', description: 'Writes', effect: 'write', idempotent: true },
      run: createRun('pay'),
    }),
    defineTool({
      ...{ ...patient, name: 'send', description: 'Writes', effect: 'write', run: createRun('send') },
      reconcile: async (_, key) => {
        const found = await fetch(`${CHAOS_LEDGER}/sent?key=${encodeURIComponent(key)}`);
        return found.ok ? { outcome: 'done', result: await found.text() } : { outcome: 'not_done' };
      },
    }),
  ],
});
