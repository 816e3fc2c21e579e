import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { type Config, readConfig } from '../../config.ts';
import { startEmbeddedServer } from '../../dev-server/embedded-server.ts';
import { createLogger } from '../logger.ts';
import { startSystem } from '../../worker/system.ts';
import { useFreshOrders } from './shop.ts';
import { startProviderProcess } from '../../worker/provider-process.ts';

/** About what a hosted model and voice take. */
const DELAYS = ['--first-token-ms', '250', '--token-ms', '30', '--voice-first-ms', '100'];

export interface DemoSystem extends AsyncDisposable {
  /** Of the front end. */
  readonly url: string;
  readonly dataDir: string;
  /** Path of the shop's database. */
  readonly shop: string;
  /** What runs where, for the reader. */
  readonly lines: readonly string[];
  /** For the size of a turn's history. */
  readonly temporal: Client;
}

/** What `legato dev` starts, with a provider of realistic delays, on ports that are free. */
export async function startDemoSystem(): Promise<DemoSystem> {
  await using stack = new AsyncDisposableStack();
  const config = readConfig();
  const shop = await useFreshOrders(config.dataDir);
  const server = await startTemporal(config, stack);
  const provider = stack.use(
    await startProviderProcess(new URL('../../providers/scripted/main.ts', import.meta.url), DELAYS),
  );
  const system = await startSystem({
    config: {
      ...config,
      ...{ host: '127.0.0.1', port: 0, apiKeys: [], temporal: { ...config.temporal, address: server.address } },
      agent: fileURLToPath(new URL('../../examples/orders/agent.ts', import.meta.url)),
      openai: { apiKey: 'scripted', baseURL: provider.url },
    },
    // A scene reports what goes wrong in it.
    logger: createLogger({ level: 'error', form: 'lines' }),
    serving: true,
    ...(server.uiUrl !== undefined && { temporalUiUrl: server.uiUrl }),
  });
  stack.defer(() => system.stop());
  const connection = stack.adopt(await Connection.connect({ ...config.temporal, address: server.address }), (open) =>
    open.close(),
  );
  const url = system.url ?? '';
  const lines = [
    `Temporal     ${server.address}`,
    `Temporal UI  ${server.uiUrl ?? "not there; 'npm run legato -- doctor' says how to get it"}`,
    `Front end    ${url}`,
    `Model, voice ${provider.url}`,
  ];
  const parts = stack.move();
  return {
    ...{ url, lines, dataDir: config.dataDir, shop },
    temporal: new Client({ connection, namespace: config.namespace }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

interface TemporalServer {
  readonly address: string;
  readonly uiUrl?: string;
}

/** The embedded server, unless the environment names one. */
async function startTemporal(config: Config, stack: AsyncDisposableStack): Promise<TemporalServer> {
  const { temporal, dataDir, cacheDir, environment, namespace } = config;
  if (temporal) return temporal;
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  return stack.use(await startEmbeddedServer({ dataDir, cacheDir, environment, namespace, log }));
}
