import { defineAgent, defineTool } from 'legato';
import { converse } from 'legato/testing';
import { z } from 'zod';
import { createOpenAIModel } from '../../../providers/openai/model.ts';
import { TestClock } from '../../../testing/clock/test-clock.ts';
import { MutatedServer, type MutatedSetting } from './mutated-server.ts';

export const APOLOGY = 'Pardon, something broke.';

/** One turn whose model's streams are mutated, through the adapter of the wire, the rules and both players. */
export async function playMutated(setting: MutatedSetting) {
  const clock = new TestClock();
  const server = new MutatedServer(setting, clock);
  const runs = { find: [] as string[], pay: [] as string[] };
  const input = z.object({ order: z.string() });
  const find = defineTool({
    ...{ name: 'find', description: 'Finds', input, effect: 'read' as const },
    run: ({ order }) => (runs.find.push(order), { found: true }),
  });
  const pay = defineTool({
    ...{ name: 'pay', description: 'Pays', input, effect: 'write' as const },
    run: ({ order }) => (runs.pay.push(order), { paid: true }),
  });
  const agent = defineAgent({
    ...{ name: 'shop', instructions: 'Help.', model: 'm', voice: 'alloy', tools: [find, pay], apology: APOLOGY },
  });
  const talk = converse(agent, { model: createOpenAIModel(server.client, { clock }), clock });
  const turn = await talk.say('Pay for it');
  return { turn, runs, asked: server.asked, bytesRead: server.bytesRead };
}
