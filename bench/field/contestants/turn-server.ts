// An HTTP entrance for the contestants that have none, so that turns are posted to all of them in the same way.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { mark, reportServing } from '../marks.ts';

/** A caller's session, opened before it is needed. */
export interface Caller {
  /** Resolves when the turn was played out, or cut. */
  turn(key: string, words: string): Promise<void>;
  interrupt(): void;
  close(): Promise<void>;
}

/** `POST /callers` opens one; `/callers/0/turns` with key and words and `/callers/0/interrupt` are answered at once. */
export async function serveTurns(open: () => Promise<Caller>): Promise<void> {
  const callers: Caller[] = [];
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.keepAliveTimeout = 75_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  reportServing(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
    server.closeAllConnections();
    return Promise.resolve();
  });

  async function answer(request: IncomingMessage): Promise<object> {
    const [, , id, order] = (request.url ?? '').split('/');
    if (id === undefined) return { id: String(callers.push(await open()) - 1) };
    const caller = callers[Number(id)];
    if (!caller) throw new Error(`Caller '${id}' is unknown`);
    if (order === 'interrupt') caller.interrupt();
    else if (order === 'close') await caller.close();
    else await begin(caller, request);
    return {};
  }
}

async function begin(caller: Caller, request: IncomingMessage): Promise<void> {
  const { key, words } = (await json(request)) as { key: string; words: string };
  caller.turn(key, words).then(
    () => mark(key, 'finished'),
    (error: unknown) => {
      process.stderr.write(`Turn '${key}' failed: ${String(error)}\n`);
      mark(key, 'failed');
    },
  );
}
