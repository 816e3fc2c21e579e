import { createServer } from 'node:http';
import type { Access } from '../access/access.ts';
import { authenticate } from './authenticate.ts';
import type { FrontEndDependencies } from './front-end.ts';
import { getHealth, getReadiness, type Readiness } from './health.ts';
import { serveLocalOnly } from './local-only.ts';
import { getMetrics } from './metrics.ts';
import { DEFAULT_PACE } from './paced-writer.ts';
import { Responder } from './responder.ts';
import { answerRest, createBareApp, keepPrivate, routesOf } from './routes.ts';
import { close, listen } from './start-front-end.ts';

export interface MonitorOptions extends Readiness, Pick<FrontEndDependencies, 'logger' | 'readMetrics' | 'loop'> {
  readonly host: string;
  readonly port: number;
  readonly access: Access;
}

export interface Monitor extends AsyncDisposable {
  readonly url: string;
}

const variables = { host: 'LEGATO_MONITOR_HOST', port: 'LEGATO_MONITOR_PORT' };

/**
 * `/healthz`, `/readyz` and `/metrics` of a process without a front end, under the rules of a front end. Throws an Error of one sentence
 * where it cannot listen.
 */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  const { host, port, access, logger } = options;
  const app = createBareApp();
  const { get } = routesOf(app, new Responder({ pace: DEFAULT_PACE, logger }));
  app.use(keepPrivate, serveLocalOnly(access, []));
  get('/healthz', getHealth);
  get('/readyz', getReadiness(options));
  app.use(authenticate(access));
  get('/metrics', getMetrics(options));
  answerRest(app, options);
  const server = createServer(app);
  const url = await listen(server, { host, port, variables });
  return { url, [Symbol.asyncDispose]: () => close(server) };
}
