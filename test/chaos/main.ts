// Callers, several serving processes, and a monkey that breaks them: npm run chaos -- --minutes 5 --seed 7
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { globalSetup, globalTeardown } from '../global-setup.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '5' },
    processes: { type: 'string', default: '3' },
    callers: { type: 'string', default: '6' },
  },
});
const seed = Number(values.seed ?? randomInt(2 ** 31));
const again = `npm run chaos -- --minutes ${values.minutes} --seed ${seed} --processes ${values.processes} --callers ${values.callers}`;
console.log(again);

await globalSetup();
try {
  const { findings, stories, summary } = await runChaos({
    ...{ seed, durationMs: Number(values.minutes) * 60_000 },
    ...{ processes: Number(values.processes), callers: Number(values.callers) },
    log: (line) => console.log(line),
  });
  for (const story of stories) console.log(story);
  for (const [name, all] of findings) for (const { of, what } of all) console.log(`${name}: ${of}: ${what}`);
  console.log(`\n${summary}`);
  if ([...findings.values()].some((all) => all.length > 0)) {
    console.log(`again with: ${again}`);
    process.exitCode = 1;
  }
} finally {
  await globalTeardown();
}
