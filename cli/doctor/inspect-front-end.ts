import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../config.ts';
import type { Finding } from '../../dev-server/inspection/finding.ts';
import { toUrlHost, whyNotListening } from '../../server/http/start-front-end.ts';

const HEALTH_MS = 2_000;

/** Whether the address of the front end is free, and who may use it. */
export async function inspectFrontEnd(config: Config): Promise<readonly Finding[]> {
  return [await inspectAddress(config), inspectKeys(config), ...inspectPages(config)];
}

function inspectKeys({ apiKeys }: Config): Finding {
  const part = 'API keys';
  if (apiKeys.length > 0) return { status: 'ok', part, found: apiKeys.map(({ name }) => name).join(', ') };
  const found = 'LEGATO_API_KEYS is not set: only programs of this machine can use the front end';
  return { status: 'none', part, found };
}

function inspectPages({ corsOrigins }: Config): readonly Finding[] {
  if (corsOrigins.length === 0) return [];
  return [{ status: 'ok', part: 'Pages', found: `of ${corsOrigins.join(', ')} may call` }];
}

async function inspectAddress({ host, port }: Config): Promise<Finding> {
  const part = 'Front end';
  const address = `${toUrlHost(host)}:${port}`;
  if (port === 0) return { status: 'ok', part, found: `${toUrlHost(host)}, on any port that is free` };
  const error = await tryListening(host, port);
  if (error === undefined) return { status: 'ok', part, found: `${address} is free` };
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && (await isLegato(address))) {
    const found = `a Legato server runs at ${address} already: 'legato say' uses it; for another one set PORT`;
    return { status: 'ok', part, found };
  }
  return { status: 'missing', part, found: `${address}: ${whyNotListening(error)}` };
}

async function tryListening(host: string, port: number): Promise<unknown> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return error;
  }
}

async function isLegato(address: string): Promise<boolean> {
  const local = address.replace(/^(0\.0\.0\.0|\[::\]):/, '127.0.0.1:');
  try {
    const answer = await fetch(`http://${local}/healthz`, { signal: AbortSignal.timeout(HEALTH_MS) });
    return answer.ok && (await answer.text()) === JSON.stringify({ status: 'ok' });
  } catch {
    return false; // It is another program that listens there.
  }
}
