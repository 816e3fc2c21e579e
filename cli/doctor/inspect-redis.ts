import { Client, Connection } from '@temporalio/client';
import type { Agent } from '../../agent/agent.ts';
import type { Config } from '../../config.ts';
import type { Finding } from '../../dev-server/inspection/finding.ts';
import { Keys } from '../../peers/keys.ts';
import type { RedisAddress } from '../../peers/redis/redis-address.ts';
import { redisFault } from '../../peers/redis/redis-fault.ts';
import { RedisSession } from '../../peers/redis/redis-session.ts';
import { checkServer } from '../../peers/redis/server-check.ts';
import { servedTogether, servingProcesses } from '../../record/serving-processes.ts';
import { missingRedis } from '../../worker/watch/other-processes.ts';

const PART = 'Redis';

/** Whether the Redis of REDIS_URL can be used; without one, whether several processes would need it. */
export async function inspectRedis(
  config: Config,
  agent: Pick<Agent, 'name'> | undefined,
): Promise<readonly Finding[]> {
  const { redis, namespace } = config;
  if (redis) return [await inspectServer(redis, new Keys({ namespace, agent: agent?.name ?? '', ...redis }).check)];
  if (agent && (await countServing(config, agent.name)) > 1)
    return [{ status: 'missing', part: PART, found: missingRedis(agent.name) }];
  return [{ status: 'none', part: PART, found: 'REDIS_URL is not set: one process can serve the agent' }];
}

async function inspectServer(address: RedisAddress, checkKey: string): Promise<Finding> {
  const session = new RedisSession(address);
  try {
    await session.open();
    const { name = 'Redis', evictionPolicy = 'noeviction' } = await checkServer(session, checkKey);
    const found = `${name} at ${address.where}`;
    if (evictionPolicy === 'noeviction') return { status: 'ok', part: PART, found };
    const details = [`it evicts keys when its memory is full (${evictionPolicy}); set maxmemory-policy noeviction`];
    return { status: 'ok', part: PART, found, details };
  } catch (error) {
    return { status: 'missing', part: PART, found: redisFault(error, address).sentence };
  } finally {
    session.end(undefined);
  }
}

/** 0 where there is no server to ask. */
async function countServing({ temporal, namespace }: Config, agent: string): Promise<number> {
  if (!temporal) return 0;
  const connection = await Connection.connect(temporal).catch(() => undefined); // said where Temporal is looked at
  if (!connection) return 0;
  try {
    return servedTogether(await servingProcesses(new Client({ connection, namespace }), agent)).length;
  } finally {
    await connection.close();
  }
}
