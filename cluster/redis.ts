import { once } from 'node:events';
import { connect } from 'node:net';
import { serverEnvironment } from '../dev-server/settings.ts';
import type { ClusterProcess } from './cluster-process.ts';
import { quietPorts } from './quiet-ports.ts';
import type { Site } from './site.ts';

const host = '127.0.0.1';

export interface Redis {
  readonly process: ClusterProcess;
  readonly url: string;
}

/** Redis on loopback, which keeps nothing on disk: after a restart it is empty. */
export async function startRedis(site: Site): Promise<Redis> {
  const [port = 0] = await quietPorts(1);
  const folder = await site.makeFolder('redis', site.user);
  const settings = { port, bind: host, dir: folder, save: '', appendonly: 'no', daemonize: 'no' };
  const redis = site.define({
    name: 'redis',
    file: site.commands.redisServer,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...{ env: serverEnvironment(site.lookup.environment), port, user: site.user },
    isReady: () => isAnswering(port),
  });
  await redis.start();
  return { process: redis, url: `redis://${host}:${port}` };
}

async function isAnswering(port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    socket.end('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    // Not listening yet.
    return false;
  } finally {
    socket.destroy();
  }
}
