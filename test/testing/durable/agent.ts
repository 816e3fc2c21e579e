import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { defineAgent, defineTool } from 'legato';
import { z } from 'zod';

const note = (line: string): void => appendFileSync(process.env['FIXTURE_LOG'] ?? '', `${line}\n`);

export default defineAgent({
  ...{ name: 'killed', instructions: 'Help.', model: 'm', voice: 'alloy' },
  tools: [
    defineTool({
      ...{ name: 'look', description: 'Looks', input: z.object({}), effect: 'read' },
      run: () => {
        note('look');
        return 'seen';
      },
    }),
    defineTool({
      ...{
        name: 'pay',
        description: 'Pays',
        input: z.object({}),
        effect: 'write',
        timeoutMs: 30_000,
        budgetMs: 30_000,
      },
      run: async () => {
        note('pay');
        await delay(process.env['FIXTURE_HANGS'] === '1' ? 60_000 : 0);
        return 'paid';
      },
    }),
  ],
});
