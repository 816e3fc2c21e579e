import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverEnvironment } from '../dev-server/settings.ts';
import type { ClusterProcess } from './cluster-process.ts';
import { isOk, type FrontEndProcess } from './legato-processes.ts';
import { quietPorts } from './quiet-ports.ts';
import type { Site } from './site.ts';

const config = fileURLToPath(new URL('../deploy/haproxy/legato.cfg', import.meta.url));

export interface Balancer {
  readonly process: ClusterProcess;
  readonly url: string;
}

/** HAProxy before the front ends, with the configuration of the containers. */
export async function startBalancer(site: Site, frontEnds: readonly FrontEndProcess[]): Promise<Balancer> {
  const [port = 0] = await quietPorts(1);
  const folder = await site.makeFolder('balancer');
  const backends = join(folder, 'backends.cfg');
  await writeFile(backends, toBackends(frontEnds));
  const address = `127.0.0.1:${port}`;
  const url = `http://${address}`;
  const balancer = site.define({
    name: 'balancer',
    file: site.commands.haproxy,
    args: ['-db', '-f', config, '-f', backends],
    env: { ...serverEnvironment(site.lookup.environment), BALANCER_ADDRESS: address },
    port,
    isReady: () => isOk(`${url}/healthz`),
  });
  await balancer.start();
  return { process: balancer, url };
}

function toBackends(frontEnds: readonly FrontEndProcess[]): string {
  const servers = frontEnds.map(({ process: { name, port } }) => `  server ${name} 127.0.0.1:${port} check\n`).join('');
  return `backend ready from takes-turns\n${servers}\nbackend living from lives\n${servers}`;
}
