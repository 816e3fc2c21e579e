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

interface Heard {
  /** When audio began to arrive, by `seq`, in ms. */
  readonly audio: Map<number, number>;
  readonly cutAtMs: number;
}

/** Reads bytes and no JSON, so that a reading does not hold up the other one. `onSecond`: the second sentence has begun. */
async function listen(url: string, turn: string, onSecond?: () => void): Promise<Heard> {
  const { body } = await fetch(`${url}/v1/turns/${turn}/events?audio=1`);
  const audio = new Map<number, number>();
  let cutAtMs = NaN;
  let sentences = 0;
  let rest = '';
  for await (const bytes of body ?? []) {
    const atMs = performance.now();
    rest += Buffer.from(bytes as Uint8Array).toString('latin1');
    for (const [, seq, type] of rest.matchAll(/id: (\d+)\nevent: ([a-z.]+)\n/g)) {
      if (type === 'speech.audio') audio.set(Number(seq), atMs);
      if (type === 'speech.cut') cutAtMs = atMs;
      if (type === 'speech.sentence' && (sentences += 1) === 2) onSecond?.();
    }
    // What may go on in the next piece.
    rest = rest.slice(
      rest.lastIndexOf('id: ', rest.length) > rest.lastIndexOf('event: ') ? rest.lastIndexOf('id: ') : rest.length,
    );
  }
  return { audio, cutAtMs };
}

/** One turn that is heard at both, and interrupted at one of them in its second sentence. */
async function play(conversation: string, at: LegatoClient) {
  const { id } = await home.startTurn(conversation, { text: 'Hi' });
  let askedMs = NaN;
  const interrupt = async (): Promise<void> => {
    askedMs = performance.now();
    await at.interrupt(id);
  };
  const interrupted = Promise.withResolvers<void>();
  const [homeURL = '', otherURL = ''] = serving.map(({ url }) => url);
  const [here, there] = await Promise.all([
    listen(homeURL, id),
    listen(otherURL, id, () => void interrupt().then(interrupted.resolve, interrupted.reject)),
    interrupted.promise,
  ]);
  const both = [...there.audio].filter(([seq]) => here.audio.has(seq));
  return { later: both.map(([seq, atMs]) => atMs - (here.audio.get(seq) ?? 0)), silentMs: here.cutAtMs - askedMs };
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
