import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Effect } from './observation.ts';

export interface Ledger extends AsyncDisposable {
  readonly url: string;
  readonly effects: readonly Effect[];
}

/** How long it takes until it answers; what was asked for is done at once. */
const TAKES_MS = [20, 300, 900] as const;

/**
 * The world that the tools change: it writes down what is done, and outlives all processes. `pay` honours the idempotency
 * key; `send` does not, but can be asked by it; `book` does neither.
 */
export async function startLedger(): Promise<Ledger> {
  const effects: Effect[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://ledger');
    if (request.method === 'GET') {
      const sent = effects.find(({ tool, key }) => tool === 'send' && key === url.searchParams.get('key'));
      response.writeHead(sent ? 200 : 404).end(sent ? `send done for ${sent.ref}` : '');
      return;
    }
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      const tool = url.pathname.slice(1);
      const { ref, key } = JSON.parse(text) as Omit<Effect, 'tool'>;
      const isKnown = tool === 'pay' && effects.some((one) => one.tool === 'pay' && one.key === key);
      if (!isKnown) effects.push({ tool, ref, key });
      const takesMs = TAKES_MS[effects.length % TAKES_MS.length];
      void delay(takesMs, undefined, { ref: false }).then(() => response.end(`${tool} done for ${ref}`));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
