// Processor time of a turn with two tools in legato/testing, and 1,000 of them one after another. Prints figures, asserts nothing.
import { defineAgent, defineTool } from 'legato';
import { call, converse } from 'legato/testing';
import { z } from 'zod';

const TURNS = 1_000;
const WARM_UP = 50;

const input = z.object({ id: z.string() });
const find = defineTool({ name: 'find', description: 'Finds', input, effect: 'read', run: ({ id }) => ({ id }) });
const pay = defineTool({ name: 'pay', description: 'Pays', input, effect: 'write', run: ({ id }) => ({ id }) });
const agent = defineAgent({ name: 'shop', instructions: 'Help.', model: 'm', voice: 'v', tools: [find, pay] });
const calls = [call('find', { id: '1' }), call('pay', { id: '1' })];

async function playTurn(): Promise<void> {
  const talk = converse(agent, { model: [{ text: 'One moment.', calls }, 'All is done. Goodbye.'] });
  const { outcome, results } = await talk.say('Pay it');
  if (outcome !== 'answered' || results.some(({ ok }) => !ok)) throw new Error(`The turn was not played: ${outcome}`);
}

for (let count = 0; count < WARM_UP; count += 1) await playTurn();
const cpu = process.cpuUsage();
const startedMs = performance.now();
for (let count = 0; count < TURNS; count += 1) await playTurn();
const { user, system } = process.cpuUsage(cpu);
console.log(`processor time of a turn   ${((user + system) / 1_000 / TURNS).toFixed(2)} ms`);
console.log(`${TURNS} turns                 ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
