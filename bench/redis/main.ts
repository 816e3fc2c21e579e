// `npm run bench:redis`: two front ends of an agent with one Redis. How much later audio comes at the other front end than at the
// turn's home, how soon home is silent when it is interrupted there, and what a turn costs Redis. Needs `redis-server` on the PATH.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient } from 'legato/client';
import { readRedisAddress } from '../../peers/redis/redis-address.ts';
import { RedisSession } from '../../peers/redis/redis-session.ts';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startRedis } from '../../test/peers/redis-server.ts';
import { startServing } from '../../test/serving-process.ts';
import { globalSetup, globalTeardown } from '../../test/global-setup.ts';
import { type Figure, toTable } from '../figures.ts';

const TURNS = 40;
const SPOKEN = 'It takes a while to say all of this. And then there is some more of it.';

await globalSetup();
await using redis = await startRedis();
const scripted = await startScriptedServer({ speech: 'tone', rules: [{ reply: { text: SPOKEN } }] });
const env = {
  LEGATO_AGENT: fileURLToPath(new URL('../../test/durability/agent.ts', import.meta.url)),
  FIXTURE_AGENT: `bench-${randomUUID().slice(0, 8)}`,
  ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url, REDIS_URL: redis.url, LEGATO_LOG_LEVEL: 'error' },
};
const serving = [await startServing(env), await startServing(env)];
const [home, other] = serving.map(({ url }) => createLegatoClient({ baseUrl: url })) as [LegatoClient, LegatoClient];

/** Arrivals of audio, by `seq`, in ms; and of the cut. */
async function listen(legato: LegatoClient, turn: string): Promise<{ audio: Map<number, number>; cutAtMs: number }> {
  const audio = new Map<number, number>();
  let cutAtMs = NaN;
  for await (const event of legato.events(turn, { audio: true })) {
    if (event.type === 'speech.audio') audio.set(event.seq, performance.now());
    if (event.type === 'speech.cut') cutAtMs = performance.now();
  }
  return { audio, cutAtMs };
}

/** One turn that is heard at both, and interrupted at one of them once its audio has begun. */
async function play(conversation: string, at: LegatoClient) {
  const { id } = await home.startTurn(conversation, { text: 'Hi' });
  const both = Promise.all([listen(home, id), listen(other, id)]);
  for await (const event of at.events(id, { audio: true }))
    if (event.type === 'speech.sentence' && event.index === 1) break;
  const askedMs = performance.now();
  await at.interrupt(id);
  const [here, there] = await both;
  const later = [...there.audio]
    .map(([seq, atMs]) => atMs - (here.audio.get(seq) ?? NaN))
    .filter((ms) => !Number.isNaN(ms));
  return { later, silentMs: here.cutAtMs - askedMs };
}

/** What Redis has been sent, has sent, and has done. */
async function readUse(): Promise<{ inKB: number; outKB: number; commands: number; atMs: number }> {
  const address = readRedisAddress(redis.url);
  if (typeof address === 'string') throw new Error(address);
  const session = new RedisSession(address);
  await session.open();
  const stats = await session.ask<string>(['INFO', 'stats']);
  session.end(undefined);
  const read = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(stats)?.[1]);
  const [inKB, outKB] = [read('total_net_input_bytes') / 1024, read('total_net_output_bytes') / 1024];
  return { inKB, outKB, commands: read('total_commands_processed'), atMs: performance.now() };
}

const { id: conversation } = await home.createConversation();
await play(conversation, home);
await play(conversation, other);
const before = await readUse();
const atHome: number[] = [];
const elsewhere: number[] = [];
const later: number[] = [];
const inOneCall = (ms: readonly number[], what: string): Figure => ({ what, values: ms, unit: 'ms' });
for (let count = 0; count < TURNS; count += 1) {
  const [at, silent] = count % 2 === 0 ? ([home, atHome] as const) : ([other, elsewhere] as const);
  const played = await play(conversation, at);
  silent.push(played.silentMs);
  later.push(...played.later);
}
const after = await readUse();
const perTurn = (name: 'inKB' | 'outKB' | 'commands'): number[] => [(after[name] - before[name]) / TURNS];
const figures: Figure[] = [
  { ...inOneCall(later, 'audio at the other front end, later than at home'), atMost: 5 },
  { ...inOneCall(later, 'the same'), atMost: 20, judgedBy: 'p95' },
  inOneCall(atHome, 'interrupt at home → its reader has the cut'),
  {
    ...inOneCall(elsewhere, 'interrupt at the other front end → home’s reader has the cut'),
    atMost: 10,
    judgedBy: 'p95',
  },
  { what: 'sent to Redis, a turn, with one reader elsewhere', values: perTurn('inKB'), unit: 'kB' },
  { what: 'sent by Redis, a turn', values: perTurn('outKB'), unit: 'kB' },
  { what: 'commands, a turn', values: perTurn('commands'), unit: 'events' },
];
process.stdout.write(`${toTable(figures)}\n`);
for (const one of serving) await one.kill();
await scripted.stop();
await globalTeardown();
