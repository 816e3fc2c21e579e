// `npm run bench:takeover`: the process that speaks is killed, or stopped, and a reader at another front end waits for the next audio of
// the turn. Needs `redis-server` on the PATH.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createLegatoClient } from 'legato/client';
import { startScriptedServer } from '../../providers/scripted/server.ts';
import { startRedis } from '../../test/peers/redis-server.ts';
import { type ServingProcess, startServing } from '../../test/serving-process.ts';
import { globalSetup, globalTeardown } from '../../test/global-setup.ts';
import { type Figure, toTable } from '../figures.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
const SPOKEN = `${'It takes a while to say all of this, and there is always more. '.repeat(12)}`;
const FAULTS = { 'kill -9': (home: ServingProcess) => home.kill(), stop: (home: ServingProcess) => home.pause() };

await globalSetup();
await using redis = await startRedis();
const scripted = await startScriptedServer({ speech: 'tone', rules: [{ reply: { text: SPOKEN } }] });
const env = {
  LEGATO_AGENT: fileURLToPath(new URL('../../test/durability/agent.ts', import.meta.url)),
  FIXTURE_AGENT: `bench-${randomUUID().slice(0, 8)}`,
  ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url, REDIS_URL: redis.url, LEGATO_LOG_LEVEL: 'error' },
};

/** How long after the fault the next audio comes, in ms. The survivor is the next home. */
async function measure(fault: keyof typeof FAULTS, next: ServingProcess): Promise<number> {
  const home = await startServing(env);
  const [here, there] = [home, next].map(({ url }) => createLegatoClient({ baseUrl: url }));
  if (!here || !there) throw new Error('There are two processes');
  const { id: conversation } = await here.createConversation();
  const { id } = await here.startTurn(conversation, { text: 'Hi' });
  let faultMs = Infinity;
  let sentences = 0;
  try {
    for await (const { type, seq } of there.events(id, { audio: true })) {
      const isFromNext = seq > 1_000_000;
      if (type === 'speech.audio' && isFromNext) return performance.now() - faultMs;
      if (type !== 'speech.sentence' || isFromNext || (sentences += 1) !== 2) continue;
      faultMs = performance.now();
      await FAULTS[fault](home);
    }
    throw new Error(`Turn '${id}' ended before its home was lost`);
  } finally {
    await there.interrupt(id);
    await home.kill();
  }
}

const figures: Record<keyof typeof FAULTS, number[]> = { 'kill -9': [], stop: [] };
const next = await startServing(env);
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const fault of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) {
    const ms = await measure(fault, next);
    figures[fault].push(ms);
    console.error(fault, Math.round(ms));
  }
}
const table: Figure[] = Object.entries(figures).map(([fault, all]) => ({
  ...{ what: `${fault} of a home that speaks → next audio elsewhere`, values: all, unit: 'ms' },
  ...(fault === 'kill -9' && { atMost: 4_000, judgedBy: 'p95' }),
}));
console.log(toTable(table));
await next.stop();
await scripted.stop();
await globalTeardown();
