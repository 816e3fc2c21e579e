// Kills processes of turns, over and over, and looks at what becomes of each turn: npm run test:kills -- --seed 7 --turns 500
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { globalSetup, globalTeardown } from '../global-setup.ts';
import { runKills } from './kill-run.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, turns: { type: 'string', default: '500' } } });
const seed = Number(values.seed ?? randomInt(2 ** 31));
const turns = Number(values.turns);
console.log(`seed ${seed}, until ${turns} turns were killed within 50 ms of a step's completion`);

await globalSetup();
try {
  const { faults, ...counts } = await runKills({ seed, turns, log: (line) => console.log(line) });
  console.log({ ...counts, faults: faults.length });
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await globalTeardown();
}
