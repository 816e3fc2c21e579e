// The property tests with new seeds, ten times or as often as --runs says; so many --mutations of model streams in all runs together.
// Ends at the first run that fails, and names its seed.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MUTATIONS, SEED } from '../properties.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seed: { type: 'string' },
    mutations: { type: 'string', default: '10000' },
  },
});
const runs = values.seed === undefined ? Number(values.runs) : 1;
const mutations = String(Math.ceil(Number(values.mutations) / runs));
const files = globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('/properties.ts'));

async function runTests(seed: string): Promise<number> {
  const node = [...process.execArgv, '--test', '--test-concurrency=2', ...files];
  const tests = spawn(process.execPath, node, {
    stdio: 'inherit',
    env: { ...process.env, [SEED]: seed, [MUTATIONS]: mutations },
  });
  const [code] = (await once(tests, 'exit')) as [number | null];
  return code ?? 1;
}

for (let run = 1; run <= runs; run += 1) {
  const seed = values.seed ?? String(randomInt(2 ** 31));
  console.log(`Run ${run} of ${runs}, with --seed ${seed}`);
  process.exitCode = await runTests(seed);
  if (process.exitCode !== 0) break;
}
