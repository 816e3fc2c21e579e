// The agent of the processes that are killed. Its tools write a line for every run, and end when the barrier opens, if
// there is one. With FIXTURE_HANGS they never return.
import { appendFileSync, readFileSync } from 'node:fs';
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

const { FIXTURE_AGENT = 'killed', FIXTURE_LOG = '', FIXTURE_HANGS, FIXTURE_BARRIER, FIXTURE_DEADLINE_MS } = process.env;

function createRun(name: string) {
  return async (_: unknown, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<string> => {
    appendFileSync(FIXTURE_LOG, `${JSON.stringify({ tool: name, key: idempotencyKey })}\n`);
    if (FIXTURE_HANGS) return new Promise(() => undefined);
    if (FIXTURE_BARRIER) await fetch(FIXTURE_BARRIER);
    return `${name} done`;
  };
}

const patient = { timeoutMs: 60_000, budgetMs: 60_000, input: z.object({}) };

const agent = defineAgent({
  name: FIXTURE_AGENT,
  instructions: 'You are killed.',
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
      reconcile: (_, key) =>
        readFileSync(FIXTURE_LOG, 'utf8').includes(key) ? { outcome: 'done', result: 'sent' } : { outcome: 'not_done' },
    }),
    defineTool({
      ...{ ...patient, name: 'reserve', description: 'Writes', effect: 'write', idempotent: true, worker: 'warehouse' },
      run: createRun('reserve'),
    }),
    defineTool({
      ...{ ...patient, name: 'ship', description: 'Writes', effect: 'write', worker: 'warehouse' },
      run: createRun('ship'),
    }),
    defineTool({
      ...{ ...patient, name: 'count', description: 'Reads', effect: 'read', worker: 'warehouse' },
      run: createRun('count'),
    }),
  ],
});

// It may pass while a tool runs, which a definition does not allow.
export default Object.assign(agent, { terms: { ...agent.terms, deadlineMs: Number(FIXTURE_DEADLINE_MS ?? 30_000) } });
