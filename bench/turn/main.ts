// `npm run bench`: what a turn costs beyond model and voice. The serving process is `legato serve` itself, apart from this one,
// which generates the load and measures as a caller would: a load generator in the same process would take time from
// what is measured. Turns come one after another, so that two cores are enough for all four processes.
import { arch, cpus, loadavg } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { type Figure, toTable } from '../figures.ts';
import { measureFirstAudio } from './first-audio.ts';
import { measureHistory } from './history.ts';
import { measureManyTurns } from './many-turns.ts';
import { log, startMeasuredSystem } from '../measured-system/measured-system.ts';

await using system = await startMeasuredSystem({
  replies: new URL('replies.ts', import.meta.url),
  agent: new URL('agent.ts', import.meta.url),
});
const { client, server, serving } = system;
const connection = await Connection.connect({ address: server.address });
const temporal = new Client({ connection, namespace: server.namespace });

const [cpu] = cpus();
log(
  `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${arch()}; Node ${process.version}; Temporal ${server.version}`,
);
const load = loadavg();
const startedMs = performance.now();
// The order counts: memory is measured in a fresh process.
const figures: Figure[] = [
  ...(await measureManyTurns(client, serving)),
  ...(await measureHistory(client, temporal)),
  ...(await measureFirstAudio(client)),
];
const seconds = Math.round((performance.now() - startedMs) / 1_000);
log(`Took ${seconds} s; load before ${load[0]?.toFixed(2)}, after ${loadavg()[0]?.toFixed(2)}`);
process.stdout.write(`${toTable(figures)}\n`);
await connection.close();
