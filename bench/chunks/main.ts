// `npm run bench:chunks`: what a piece of a model's reply costs until it is a sentence, and how long others wait while something huge
// arrives. `-- --against ../another-checkout` measures that one too, in turns. Prints figures, asserts nothing.
import { resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Figure, toTable } from '../figures.ts';
import { loadReplyPath, type ReplyPath } from './reply-path.ts';
import { hugeReplies, longReply } from './streams.ts';

const { values } = parseArgs({
  options: { against: { type: 'string' }, rounds: { type: 'string', default: '40' } },
});
const rounds = Number(values.rounds);
const CHUNKS = 2_000;
const WARM_UP = 5;

const own = await loadReplyPath(resolve(import.meta.dirname, '../..'));
const other = values.against === undefined ? undefined : await loadReplyPath(resolve(values.against));

async function msPerChunk(path: ReplyPath): Promise<number> {
  const reply = longReply(CHUNKS);
  const cpu = process.cpuUsage();
  await path.play(reply);
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1_000 / CHUNKS;
}

async function measureChunks(): Promise<Figure[]> {
  const [ours, theirs, added]: [number[], number[], number[]] = [[], [], []];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const ownMs = await msPerChunk(own);
    const otherMs = other && (await msPerChunk(other));
    if (round < 0) continue;
    ours.push(ownMs);
    if (otherMs === undefined) continue;
    theirs.push(otherMs);
    added.push(ownMs - otherMs);
  }
  const figure = (what: string, values: readonly number[]) => ({ what, values, unit: 'ms' as const });
  const compared = [
    figure('the same, of the other checkout', theirs),
    { ...figure('added to it', added), atMost: 0.1 },
  ];
  return [figure('processor time of a chunk', ours), ...(other ? compared : [])];
}

/** The longest that the event loop was not free while a reply was played, each time. */
async function measureDelays(what: string, play: () => Promise<unknown>): Promise<Figure> {
  const longest: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const histogram = monitorEventLoopDelay({ resolution: 1 });
    histogram.enable();
    await delay(5); // it counts from its first timer on
    await play();
    await delay(5);
    histogram.disable();
    longest.push(histogram.max / 1_000_000);
  }
  return { what, values: longest, unit: 'ms', atMost: 50, judgedBy: 'p95' };
}

const figures = await measureChunks();
figures.push(await measureDelays('longest wait: nothing arrives', () => delay(20)));
for (const [what, pieces] of Object.entries(hugeReplies)) {
  // Some of them are failures, which is right.
  const play = (): Promise<unknown> => own.play(pieces).catch(() => undefined);
  figures.push(await measureDelays(`longest wait: ${what}`, play));
}
console.log(toTable(figures));
