// All tests, three times in a row or as often as --runs says, while as many processes as there are cores do nothing but
// keep them busy. Ends at the first run that fails. The busy processes end with this one, however that ends.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** Looks from time to time whether the process that started it still is its parent. */
const BUSY = `
  const parent = process.ppid;
  while (process.ppid === parent) for (let count = 0; count < 1e7; count += 1);
`;

async function runTests(children: ChildProcess[]): Promise<number> {
  const tests = spawn('npm', ['test'], { stdio: 'inherit' });
  children.push(tests);
  const [code] = (await once(tests, 'exit')) as [number | null];
  return code ?? 1;
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });
const runs = Number(values.runs);
const cores = availableParallelism();
const children = Array.from({ length: cores }, () => spawn(process.execPath, ['--eval', BUSY], { stdio: 'ignore' }));
const endAll = (): void => {
  for (const child of children) child.kill();
};
process.once('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

for (let run = 1; run <= runs; run += 1) {
  console.log(`Run ${run} of ${runs}, with ${cores} busy processes`);
  const startedMs = performance.now();
  process.exitCode = await runTests(children);
  const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
  console.log(`Run ${run} of ${runs} ${process.exitCode === 0 ? 'passed' : 'failed'} after ${minutes} minutes`);
  if (process.exitCode !== 0) break;
}
process.exit();
