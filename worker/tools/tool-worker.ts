import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { loadAgent } from '../../agent/load-agent.ts';
import type { Config } from '../../config.ts';
import { ConversationMetadata } from '../../conversations/conversation-metadata.ts';
import { AuthorCode } from '../../live/calls/author-code.ts';
import { askTemporal } from '../../record/ask-temporal.ts';
import { PayloadCipher } from '../../record/payload-cipher.ts';
import { connectTemporal, installRuntime } from '../connect-temporal.ts';
import { createToolLines } from '../log/tool-lines.ts';
import { openMonitor } from '../open-monitor.ts';
import { createMetrics } from '../metrics.ts';
import { missingPayloadKeys } from '../missing-payload-keys.ts';
import { createCalls } from '../step-dependencies.ts';
import { watchProcess } from '../watch/process-watch.ts';
import { createToolWorkers } from './create-tool-workers.ts';
import { askedGroups, groupsOf } from './tool-groups.ts';
import { createThrownReport } from './thrown-report.ts';

export interface ToolWorkerOptions {
  readonly config: Config & { readonly temporal: NonNullable<Config['temporal']> };
  readonly logger: Logger;
  /** Empty: all that the agent's tools name. */
  readonly groups: readonly string[];
}

export interface ToolWorker {
  readonly agent: string;
  /** By group. */
  readonly tools: ReadonlyMap<string, readonly string[]>;
  /** Of what it answers to who watches it. */
  readonly monitorUrl: string | undefined;
  /** Rejects when the workers fail, or with a bug that nobody caught; resolves when the workers have stopped. */
  readonly ended: Promise<void>;
  /** Takes no new calls, lets those under way end for a while (`graceMs` of its configuration), and stops. */
  stop(): Promise<void>;
}

/** Wires a process that runs tools and nothing else: no model, no voice, no turn has its home here. */
export async function startToolWorker({ config, logger, groups: asked }: ToolWorkerOptions): Promise<ToolWorker> {
  await using stack = new AsyncDisposableStack();
  const authors = new AuthorCode();
  const metrics = createMetrics();
  const watch = stack.use(watchProcess({ authors, logger, metrics, findTurn: () => undefined }));
  const agent = await authors.follow({}, () => loadAgent(config.agent));
  const missing = missingPayloadKeys(agent, config);
  if (missing !== undefined) throw new Error(missing);
  const groups = askedGroups(agent, asked);
  const onLogged = createToolLines(logger);
  const parts = { agent, agentPath: config.agent, authors, onLogged, onStray: watch.onStray };
  const { calls } = stack.use(createCalls(parts));
  installRuntime(logger);
  const connection = stack.adopt(await connectTemporal(config), (open) => open.close());
  const metadata = new ConversationMetadata({ agent, authors, logger, cipher: new PayloadCipher(config.payloadKeys) });
  const workers = await createToolWorkers({
    ...{ connection, namespace: config.namespace, agent: agent.name, groups, graceMs: config.graceMs },
    calls: () => calls,
    openMetadata: (conversationId, stored) => metadata.open(conversationId, stored),
    onThrown: createThrownReport(logger),
  });
  const ended = workers.run();
  ended.catch(() => undefined); // the owner gets it
  const stopWorkers = async (): Promise<void> => {
    workers.shutdown();
    await ended.catch(() => undefined); // Failed or stopped: over.
  };
  stack.defer(stopWorkers);
  const client = new Client({ connection, namespace: config.namespace });
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  void ended.catch(() => undefined).then(() => (state = 'stopped'));
  const monitorUrl = await openMonitor({ config, logger }, stack, {
    ...{ isStopping: () => state === 'stopping', isWorkerRunning: () => state === 'running', loop: watch.loop },
    ask: async () => void (await askTemporal(client, () => client.workflowService.getSystemInfo({}))),
    readMetrics: () => metrics.read({ size: 0, openClaims: 0 }),
  });
  watch.loop.start();
  const running = stack.move();
  const tools = new Map([...groupsOf(agent)].filter(([group]) => groups.includes(group)));
  return {
    ...{ agent: agent.name, tools, monitorUrl },
    ended: Promise.race([ended, watch.bug]),
    stop: async () => {
      state = 'stopping';
      await stopWorkers();
      await running.disposeAsync();
    },
  };
}
