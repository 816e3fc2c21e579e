import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where tools of other processes wait: a request is answered when the barrier is open. */
export interface Barrier extends AsyncDisposable {
  readonly url: string;
  readonly open: () => void;
  readonly close: () => void;
  /** Resolves when somebody waits. */
  readonly someone: () => Promise<void>;
}

export async function createBarrier(): Promise<Barrier> {
  const waiting = new Set<ServerResponse>();
  let isOpen = true;
  const server = createServer((_, response) => {
    if (isOpen) return void response.end();
    waiting.add(response);
    response.once('close', () => waiting.delete(response));
    server.emit('waiting');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    open: () => {
      isOpen = true;
      for (const response of waiting) response.end();
    },
    close: () => {
      isOpen = false;
    },
    someone: async () => {
      if (waiting.size === 0) await once(server, 'waiting');
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
