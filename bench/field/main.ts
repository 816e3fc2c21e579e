// `npm run bench:field`: the same scripted turns through Legato, with and without run-ahead, LiveKit's agents and a plain loop.
// Times are taken in the process that hands out the frames; the report has what each adds to the delays of the script.
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { readConfig } from '../../config.ts';
import { startEmbeddedServer } from '../../dev-server/embedded-server.ts';
import { startMarked } from './marked-process.ts';
import { startContestants } from './contestants.ts';
import { measureLatencies } from './latencies.ts';
import { measureLoad } from './load.ts';
import { MarkBoard } from './mark-board.ts';
import { latencyTable, loadTable } from './report.ts';
import { temporalCpuMs } from './temporal-cpu.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    levels: { type: 'string', default: '1,10,30,100' },
    seconds: { type: 'string', default: '12' },
    only: { type: 'string', default: '' },
    against: { type: 'string' },
  },
});
const log = (line: string): void => void process.stderr.write(`${line}\n`);

await using stack = new AsyncDisposableStack();
const { cacheDir, environment } = readConfig();
const temporal = stack.use(await startEmbeddedServer({ cacheDir, environment, log }));
const board = new MarkBoard();
const provider = stack.use(await startMarked('provider.ts', board));
const { against } = values;
const all = await startContestants({ board, temporal, providerUrl: provider.url, against }, stack);
const contestants = all.filter(({ name }) => name.includes(values.only));

const versionOf = (name: string): string => {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
};
const versions = ['@livekit/agents', '@livekit/agents-plugin-openai', 'openai'].map(versionOf).join(', ');
log(`${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${arch()}; Node ${process.version}`);
log(`Temporal ${temporal.version}; ${versions}`);
const load = loadavg()[0];
const startedMs = performance.now();

const samples = await measureLatencies({ contestants, board, rounds: Number(values.rounds) });
const names = contestants.map(({ name }) => name);
process.stdout.write(`${latencyTable(samples, names)}\n\n`);

const levels = values.levels === '' ? [] : values.levels.split(',').map(Number);
const secondsPerLevel = Number(values.seconds);
const measured = await measureLoad({ contestants, board, levels, secondsPerLevel, temporalCpuMs, log });
process.stdout.write(`${loadTable(measured)}\n`);
const seconds = Math.round((performance.now() - startedMs) / 1_000);
log(`Took ${seconds} s; load before ${load?.toFixed(2)}, after ${loadavg()[0]?.toFixed(2)}`);
