import { defineTool } from 'legato';
import { z } from 'zod';
import { GROUP, newAgentName, startToolWorker } from '../../test/tool-worker.ts';
import { createWorld } from '../../test/world.ts';
import type { Figure } from '../figures.ts';
import { DELAYS, rules, words } from './replies.ts';

const WARM_UP_TURNS = 5;
const TURNS = 100;

/** How soon a read is aborted that a tools-only worker runs: home, workflow and worker each have a connection or a queue of their own. */
export async function measureAbortElsewhere(temporalAddress: string): Promise<Figure[]> {
  let begun = Promise.withResolvers<AbortSignal>();
  const lookup = defineTool({
    ...{ name: 'look_up', description: 'Looks something up and never ends', input: z.object({}), effect: 'read' },
    ...{ worker: GROUP, start: 'at_once', timeoutMs: 20_000, budgetMs: 20_000 },
    run: async (_, { signal }) => {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      begun.resolve(signal);
      await aborted;
      return 'nothing';
    },
  });
  const agent = newAgentName();
  await using _ = await startToolWorker({ agent, tools: [lookup], temporalAddress });
  await using world = await createWorld({
    rules,
    delays: DELAYS,
    temporalAddress,
    agent: { name: agent, tools: [lookup] },
  });
  const values: number[] = [];
  for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn += 1) {
    begun = Promise.withResolvers();
    const { live, result } = await world.start(words, { modality: 'audio' });
    const signal = await begun.promise;
    const aborted = new Promise<number>((resolve) =>
      signal.addEventListener('abort', () => resolve(performance.now()), { once: true }),
    );
    const interruptedAtMs = performance.now();
    live.interrupt({ id: 'bench' });
    values.push((await aborted) - interruptedAtMs);
    await result();
  }
  const what = "interrupt → a tool's signal is aborted at a tools-only worker";
  return [{ what, values: values.slice(WARM_UP_TURNS), unit: 'ms', atMost: 60 }];
}
