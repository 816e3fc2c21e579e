import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Agent } from '../agent/agent.ts';
import type { Config } from '../config.ts';
import { homeQueue } from '../contract/messages.ts';
import { AuthorCode } from '../live/calls/author-code.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { type FrontEnd, type FrontEndOptions, startFrontEnd } from '../server/http/start-front-end.ts';
import { createMetrics } from './metrics.ts';
import { ConversationMetadata } from '../conversations/conversation-metadata.ts';
import { Conversations } from '../conversations/conversations.ts';
import { TurnService } from '../service/turn-service.ts';
import { createWorkers, type Workers } from './create-workers.ts';
import { createToolWorkers } from './tools/create-tool-workers.ts';
import { createThrownReport } from './tools/thrown-report.ts';
import { groupsOf } from './tools/tool-groups.ts';
import { ConversationRecords } from '../record/conversation-records.ts';
import { ExpectedTasks } from '../record/expected-tasks.ts';
import { PayloadCipher } from '../record/payload-cipher.ts';
import { TurnRecords } from '../record/turn-records.ts';
import { connectTemporal, installRuntime } from './connect-temporal.ts';
import { openHome, type OnEvent } from './open-home.ts';
import { openAccess, openMonitor } from './open-monitor.ts';
import { openProviders, type Providers } from './open-providers.ts';
import type { AgentInUse } from './reload/agent-in-use.ts';
import { openAgent } from './reload/reload-agent.ts';
import { watchProcess } from './watch/process-watch.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';

/** How long the workers may then take for the last tasks of turns and conversations: usually milliseconds, but longer than Temporal's 10 s for a lost one. */
const TASKS_MS = 12_000;

export interface SystemOptions {
  readonly config: Config & { readonly temporal: NonNullable<Config['temporal']> };
  readonly logger: Logger;
  /** Whether to take turns over HTTP. Otherwise the process only works for turns that others began. */
  readonly serving: boolean;
  /** Base of Temporal UI, where one is known. */
  readonly temporalUiUrl?: string;
  /** Whether the agent is reloaded when one of its files changes. Default false. */
  readonly watch?: boolean;
  /** Whether tools run here that name a tools-only worker. Default false. */
  readonly servesTools?: boolean;
  /** Called with each event of the turns that have their home here, in the tick in which it is published. */
  readonly onEvent?: OnEvent;
  /** Path of the rules that answer where there is no key for a model. */
  readonly replies?: string;
}

export interface System {
  readonly agent: string;
  /** Of the front end. */
  readonly url: string | undefined;
  /** Of what a process without a front end answers to who watches it. */
  readonly monitorUrl: string | undefined;
  readonly providers: string;
  /** Rejects when the workers fail, or with a bug that nobody caught; resolves when the workers have stopped. */
  readonly ended: Promise<void>;
  /** Takes no new turns, lets the open ones end for a while (`graceMs` of its configuration), hands over the rest, and stops. */
  stop(): Promise<void>;
}

/** Wires one process of Legato: connection, providers, stream, live turns, workers and, if it serves, the front end. */
export async function startSystem(options: SystemOptions): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const { config, logger } = options;
  const authors = new AuthorCode();
  const metrics = createMetrics();
  const watch = stack.use(watchProcess({ authors, logger, metrics, findTurn: (id) => turns.get(id) }));
  const replies = options.replies === undefined ? {} : { replies: { path: options.replies, authors, logger } };
  const providers = stack.use(await openProviders({ config, logger, ...replies }));
  const reporting = { logger, onStray: watch.onStray, voiceMeter: metrics.voices };
  const kitSetting = { ...providers, ...agentOf(config), authors, ...reporting };
  const agents = stack.use(await openAgent(kitSetting, options.watch ?? false));
  // Last of all that may fail on what the author wrote: it keeps the process alive.
  installRuntime(logger);
  const connection = stack.adopt(await connectTemporal(config), (open) => open.close());
  const client = new Client({ connection, namespace: config.namespace });
  const queue = homeQueue(agents.name, randomBytes(6).toString('hex'));
  const { peers, turns, commands } = await openHome(agents, { ...options, client, home: queue, meter: metrics.meter });
  const { stream, missing } = stack.use(peers);
  const tasks = new ExpectedTasks(client);
  const turnRecords = new TurnRecords({ ...options, client, turns });
  const conversations = createConversations(agents, { authors, logger, config, client, tasks, turns, turnRecords });
  turns.onOpen = (turn) => {
    agents.opened(turn);
    conversations.meet(turn);
  };
  const { maxOpenTurns } = config;
  const parts = { agent: agents, home: queue, turns, stream, conversations, turnRecords, loop: watch.loop };
  const service = new TurnService({ ...parts, commands, logger, maxOpenTurns });
  const workers = await createWorkers({
    ...{ agent: agents, stepsFor: (turn) => agents.stepsFor(turn), connection, client, queue, maxOpenTurns },
    ...{ stream, turns, conversations, service, identity: peers.identity, leases: peers.leases },
    workflowBundle: await loadWorkflowBundle(config.bundleDir),
  });
  const working = run([workers, ...(await openToolWorkers(agents, { ...options, conversations, connection }))]);
  stack.defer(() => working.stop());
  const health = { loop: watch.loop, isWorkerRunning: working.isRunning, readMetrics: () => metrics.read(turns) };
  const { frontEnd, monitorUrl } = await openDoors(options, stack, { service, missing, ...health });
  watch.loop.start();
  const running = stack.move();
  return {
    agent: agents.name,
    url: frontEnd?.url,
    monitorUrl,
    providers: describeProviders(providers, agents.newest.agent),
    ended: Promise.race([working.ended, watch.bug]),
    stop: async () => {
      await leave({ frontEnd, service, working, tasks, turns, graceMs: config.graceMs });
      await running.disposeAsync();
    },
  };
}

interface Leaving extends Pick<Config, 'graceMs'> {
  readonly frontEnd: FrontEnd | undefined;
  readonly service: TurnService;
  readonly working: Working;
  readonly tasks: ExpectedTasks;
  readonly turns: LiveTurns;
}

/** What is open is handed over while its readers are sent elsewhere. */
async function leave({ frontEnd, service, working, tasks, turns, graceMs }: Leaving): Promise<void> {
  const left = frontEnd?.stop();
  await service.stop(graceMs);
  // A turn that is still open is at the end of a sentence, and waits for its next home.
  if (working.isRunning()) await tasks.done(TASKS_MS, (workflowId) => turns.get(workflowId) !== undefined);
  await Promise.all([working.stop(), left]);
}

function describeProviders({ places }: Providers, { modelObject, speech }: Agent): string {
  const model = modelObject ? `${modelObject.provider}, by its AI SDK provider` : places.model;
  const [voice, ...fallbacks] = places.voices;
  return [...new Set([model, speech ? "the agent's own voice" : voice, ...fallbacks])].join(', ');
}

function agentOf({ agent: path, payloadKeys, missing }: Config) {
  return { path, payloadKeys, missing };
}

interface ConversationParts extends Pick<SystemOptions, 'config' | 'logger'> {
  readonly authors: AuthorCode;
  readonly client: Client;
  readonly tasks: ExpectedTasks;
  readonly turns: LiveTurns;
  readonly turnRecords: TurnRecords;
}

function createConversations(agent: AgentInUse, { config, client, tasks, ...parts }: ConversationParts): Conversations {
  const cipher = new PayloadCipher(config.payloadKeys);
  const metadata = new ConversationMetadata({ ...parts, agent, cipher });
  const conversationRecords = new ConversationRecords({ client, agent, tasks });
  return new Conversations({ ...parts, agent, metadata, conversationRecords });
}

type FrontEndParts = Pick<FrontEndOptions, 'service' | 'loop' | 'isWorkerRunning' | 'readMetrics' | 'missing'>;

/** A process has a front end, or answers those who watch it. */
async function openDoors(options: SystemOptions, stack: AsyncDisposableStack, parts: FrontEndParts) {
  if (options.serving) return { frontEnd: await openFrontEnd(options, stack, parts), monitorUrl: undefined };
  const { service } = parts;
  const readiness = { isStopping: () => service.admission.isStopping, ask: () => service.reachTemporal() };
  return { frontEnd: undefined, monitorUrl: await openMonitor(options, stack, { ...parts, ...readiness }) };
}

function openFrontEnd(
  { config, logger }: SystemOptions,
  stack: AsyncDisposableStack,
  parts: FrontEndParts,
): Promise<FrontEnd> {
  const { host, port, corsOrigins, graceMs } = config;
  const access = openAccess({ config, logger }, stack);
  return startFrontEnd({ host, port, access, corsOrigins, logger, graceMs, ...parts });
}

interface Working {
  readonly ended: Promise<void>;
  readonly isRunning: () => boolean;
  readonly stop: () => Promise<void>;
}

interface ToolParts extends Pick<SystemOptions, 'config' | 'logger' | 'servesTools'> {
  readonly conversations: Pick<Conversations, 'metadata'>;
  readonly connection: NativeConnection;
}

/** For the groups that the agent names when the process starts. None where other processes serve them. */
async function openToolWorkers(
  agent: AgentInUse,
  { config, logger, servesTools = false, conversations, connection }: ToolParts,
): Promise<readonly Workers[]> {
  const groups = servesTools ? [...groupsOf(agent.newest.agent).keys()] : [];
  if (groups.length === 0) return [];
  const workers = await createToolWorkers({
    ...{ connection, namespace: config.namespace, agent: agent.name, groups, graceMs: 0 },
    calls: () => agent.newest.steps,
    openMetadata: (conversationId, stored) => conversations.metadata.open(conversationId, stored),
    onThrown: createThrownReport(logger),
  });
  return [workers];
}

function run(all: readonly Workers[]): Working {
  let running = true;
  const ended = Promise.all(all.map((workers) => workers.run()))
    .then(() => undefined)
    .finally(() => (running = false));
  ended.catch(() => undefined); // the owner of the system gets it
  return {
    ended,
    isRunning: () => running,
    stop: async () => {
      for (const workers of all) workers.shutdown();
      await ended.catch(() => undefined); // Failed or stopped: over.
    },
  };
}
