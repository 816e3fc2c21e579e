// `npm run bench:barge-in`: how soon a turn is silent when the caller speaks, how soon the record has it, and what interrupted
// turns leave in memory. The first is measured in this process, the others on a serving process apart from it.
import { measureAbortElsewhere } from './abort-elsewhere.ts';
import { measureSilence } from './silence.ts';
import { toTable } from '../figures.ts';
import { measureInterruptedTurns } from './interrupted-turns.ts';
import { startMeasuredSystem } from '../measured-system/measured-system.ts';

await using system = await startMeasuredSystem({
  replies: new URL('replies.ts', import.meta.url),
  agent: new URL('agent.ts', import.meta.url),
});
const { client, server, serving } = system;
// One after the other: each has the machine to itself.
const interrupted = await measureInterruptedTurns(client, serving);
const silence = await measureSilence(server.address);
const elsewhere = await measureAbortElsewhere(server.address);
process.stdout.write(`${toTable([...silence, ...elsewhere, ...interrupted])}\n`);
