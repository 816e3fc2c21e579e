import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startScriptedServer } from '../../../providers/scripted/server.ts';
import type { Seeded } from '../../durability/seeded.ts';
import { startLedger, type Ledger } from '../ledger.ts';
import type { Prompt } from '../observation.ts';
import { replyTo, toPrompt } from '../script.ts';
import { Place } from './place.ts';
import { RestartableRedis } from './restartable-redis.ts';

/** A process as a caller's device sees it. */
export interface FrontEnd {
  readonly name: string;
  readonly url: string;
}

/** What serves one agent, and what it stands on. */
export interface Topology extends AsyncDisposable {
  readonly places: readonly Place[];
  readonly redis: RestartableRedis;
  readonly ledger: Ledger;
  readonly prompts: readonly Prompt[];
  readonly agentName: string;
  /** Any front end that is not known to be gone, as a balancer without sticky sessions gives it. */
  readonly pick: (chance: Seeded) => FrontEnd | undefined;
}

const delays = { firstTokenMs: 40, tokenMs: 15, voiceFirstMs: 30 };

export async function startTopology(count: number): Promise<Topology> {
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(await RestartableRedis.start());
  const ledger = opening.use(await startLedger());
  const prompts: Prompt[] = [];
  const rules = [
    {
      reply: (view: Parameters<typeof replyTo>[0]) => {
        prompts.push(toPrompt(view));
        return replyTo(view);
      },
    },
  ];
  const scripted = opening.use(await startScriptedServer({ speech: 'tone', rules, delays }));
  const agentName = `chaos-${randomUUID().slice(0, 8)}`;
  const env = {
    LEGATO_AGENT: fileURLToPath(new URL('../agent.ts', import.meta.url)),
    ...{ CHAOS_AGENT: agentName, CHAOS_LEDGER: ledger.url },
    ...{ OPENAI_API_KEY: 'none', OPENAI_BASE_URL: scripted.url },
  };
  const temporalAddress = process.env['TEMPORAL_ADDRESS'] ?? '';
  const places: Place[] = [];
  for (const name of ['a', 'b', 'c'].slice(0, count))
    places.push(opening.use(await Place.open({ name, env, temporalAddress, redisAddress: redis.address })));
  await Promise.all(places.map((place) => place.start()));
  const open = opening.move();
  return {
    ...{ places, redis, ledger, prompts, agentName },
    pick: (chance) => {
      const [first, ...more] = places.flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url }]));
      return first && chance.pick([first, ...more]);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
