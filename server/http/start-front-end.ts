import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { DEFAULT_PACE } from './paced-writer.ts';
import { Responder } from './responder.ts';
import { within } from '../../time/silence.ts';

export interface FrontEndOptions extends FrontEndDependencies {
  readonly host: string;
  /** 0: any port that is free. */
  readonly port: number;
  /** How long open turns may go on after a stop is requested. Default: 20 s. */
  readonly graceMs?: number;
}

export interface FrontEnd {
  readonly url: string;
  /** Takes no new turns, lets the open ones end for up to `graceMs`, sends readers elsewhere, and closes. */
  stop(): Promise<void>;
}

const GRACE_MS = 20_000;
/** For readers to receive the last events of turns that have ended. */
const FAREWELL_MS = 1_000;

/** Listens. Throws an Error of one sentence where it cannot. */
export async function startFrontEnd(options: FrontEndOptions): Promise<FrontEnd> {
  const pace = { ...DEFAULT_PACE, ...options.pace };
  const responder = new Responder({ pace, logger: options.logger });
  let stopping: Promise<void> | undefined;
  const app = createApp(options, responder);
  const server = createServer(app);
  const url = await listen(server, options);
  const stop = async (): Promise<void> => {
    await options.service.stop(options.graceMs ?? GRACE_MS);
    await within(responder.whenAnswered(), FAREWELL_MS);
    responder.endAll();
    await close(server);
  };
  return { url, stop: () => (stopping ??= stop()) };
}

export interface ListeningAt {
  readonly host: string;
  readonly port: number;
  /** The variables that set them. Default: HOST and PORT. */
  readonly variables?: Variables;
}

interface Variables {
  readonly host: string;
  readonly port: string;
}

/** Resolves with the URL. */
export async function listen(server: Server, { host, port, variables }: ListeningAt): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`Cannot listen on ${toUrlHost(host)}:${port}: ${whyNotListening(error, variables)}`, {
      cause: error,
    });
  }
  return `http://${toUrlHost(host)}:${(server.address() as AddressInfo).port}`;
}

/** With what to do. */
export function whyNotListening(error: unknown, { host, port }: Variables = { host: 'HOST', port: 'PORT' }): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `another program uses this port; stop it, or set ${port} to another one`;
  if (code === 'EACCES') return `this port needs more privileges; set ${port} to one above 1023`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `this machine has no such address; set ${host} to one it has`;
  return String(code ?? error);
}

export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await within(closed, FAREWELL_MS);
  server.closeAllConnections();
  await closed;
}

export function toUrlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
