import { fileURLToPath } from 'node:url';
import { createLegatoClient, type LegatoClient } from 'legato/client';
import { readConfig } from '../../config.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../dev-server/embedded-server.ts';
import { startProviderProcess } from '../../worker/provider-process.ts';
import { type ServingProcess, startServing } from './serving-process.ts';

export interface MeasuredSystem extends AsyncDisposable {
  readonly server: EmbeddedServer;
  readonly serving: ServingProcess;
  readonly client: LegatoClient;
}

export interface MeasuredModules {
  /** What the scripted model says. */
  readonly replies: URL;
  /** The agent that is served. */
  readonly agent: URL;
}

export const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Temporal, model with voice, and the serving process: each a process of its own, apart from this one, which measures. */
export async function startMeasuredSystem({ replies, agent }: MeasuredModules): Promise<MeasuredSystem> {
  await using stack = new AsyncDisposableStack();
  const { cacheDir, environment } = readConfig();
  const server = stack.use(await startEmbeddedServer({ cacheDir, environment, log }));
  const provider = stack.use(await startProviderProcess(new URL('provider.ts', import.meta.url), [replies.href]));
  const serving = stack.use(
    await startServing({
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: server.namespace,
      OPENAI_API_KEY: 'scripted',
      OPENAI_BASE_URL: provider.url,
      LEGATO_AGENT: fileURLToPath(agent),
    }),
  );
  const client = createLegatoClient({ baseUrl: serving.url });
  const parts = stack.move();
  return { server, serving, client, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
