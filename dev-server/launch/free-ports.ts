import { createServer, type Server } from 'node:net';

const host = '127.0.0.1';

/** Free ports on loopback, all different. A preferred port is used if it is free. */
export async function freePorts(count: number, preferred: readonly (number | undefined)[] = []): Promise<number[]> {
  const held: Server[] = [];
  try {
    for (let index = 0; index < count; index += 1) {
      const wanted = preferred[index];
      const preferredServer = wanted === undefined ? undefined : await hold(wanted).catch(() => undefined); // taken: another will do
      held.push(preferredServer ?? (await hold(0)));
    }
    return held.map(portOf);
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A listening socket has no port');
  return address.port;
}
