import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { defineAgent } from 'legato';
import type { Logger } from 'pino';
import type { Agent } from '../agent/agent.ts';
import { AGENT_DEFAULTS } from '../agent/agent-options.ts';
import { packHistory } from '../contract/history.ts';
import type { Item } from '../contract/items.ts';
import { homeQueue, sharedQueue, turnIdOf } from '../contract/messages.ts';
import type { TurnStart, TurnResult } from '../contract/turn.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import { HomeCommandsHere } from '../live/turns/home-commands.ts';
import type { AuthorCode } from '../live/calls/author-code.ts';
import { NoLeases } from '../live/turns/leases.ts';
import { LiveTurns } from '../live/turns/live-turns.ts';
import { createOpenAIClient } from '../providers/openai/client.ts';
import type { LanguageModel } from '../providers/model.ts';
import { createOpenAIModel } from '../providers/openai/model.ts';
import { createOpenAISpeech } from '../providers/openai/speech.ts';
import { startScriptedServer } from '../providers/scripted/server.ts';
import type { ScriptedServer, ScriptedServerOptions } from '../providers/scripted/server.ts';
import { createLogger } from '../cli/logger.ts';
import { createMetrics, type Metrics } from '../worker/metrics.ts';
import { ConversationMetadata } from '../conversations/conversation-metadata.ts';
import { Conversations } from '../conversations/conversations.ts';
import { ConversationRecords } from '../record/conversation-records.ts';
import { createBargeInRecorder } from '../record/send-interrupt.ts';
import { PayloadCipher, type PayloadKey } from '../record/payload-cipher.ts';
import { TurnRecords } from '../record/turn-records.ts';
import { TurnService } from '../service/turn-service.ts';
import { MemoryStream, type MemoryStreamLimits } from '../stream/memory.ts';
import type { NewEvent, Publisher, StreamEvent } from '../stream/turn-stream.ts';
import { createSteps } from '../worker/step-dependencies.ts';
import { createToolLines } from '../worker/log/tool-lines.ts';
import { createTurnReport } from '../worker/log/turn-report.ts';
import { LogLines } from './log-lines.ts';
import { runsAhead } from './run-ahead.ts';
import { createWorkers } from '../worker/create-workers.ts';
import { type WorkflowBundle, workflowBundle } from './workflow-bundle.ts';
import { noMetadata } from './metadata.ts';
import { textInput } from './text-input.ts';

export type AgentOptions = Partial<Parameters<typeof defineAgent>[0]>;

export interface WorldOptions extends ScriptedServerOptions {
  readonly agent?: AgentOptions;
  /** A module whose agent has the same tools, for those that run on threads. */
  readonly agentPath?: string;
  /** Default: the wire of OpenAI, to the scripted provider. */
  readonly model?: LanguageModel;
  readonly voicePatienceMs?: number;
  readonly maxKnownConversations?: number;
  readonly streamLimits?: Partial<MemoryStreamLimits>;
  /** Called in the tick of each publication, once it is out. */
  readonly onPublish?: (event: NewEvent, turnId: string) => void;
  /** Of a relay to the Temporal server of the test run. Default: that server itself. */
  readonly temporalAddress?: string;
  readonly temporalUiUrl?: string;
  /** For secret metadata. Default: none. */
  readonly payloadKeys?: readonly PayloadKey[];
  /** Of another version of the workflow code. */
  readonly workflowBundle?: WorkflowBundle;
}

export interface StartedTurn {
  readonly id: string;
  readonly live: LiveTurn;
  readonly handle: WorkflowHandle;
  /** All events of the turn, audio too, once it has finished. */
  readonly events: Promise<readonly StreamEvent[]>;
  readonly result: () => Promise<TurnResult>;
}

interface StartOptions extends Partial<TurnStart> {
  readonly items?: readonly Item[];
  /** Temporal's answer to the start is there before anything runs, so that events are published in the tick they belong to. */
  readonly acknowledged?: boolean;
}

interface BeginOptions extends StartOptions {
  readonly refused: boolean;
}

/** A process that serves an agent of its own, without a front end: Temporal and the scripted provider are real servers. */
export interface World extends AsyncDisposable {
  readonly agent: Agent;
  readonly client: Client;
  readonly home: string;
  readonly scripted: ScriptedServer;
  readonly turns: LiveTurns;
  readonly commands: HomeCommandsHere;
  readonly stream: MemoryStream;
  readonly conversations: Conversations;
  readonly turnRecords: TurnRecords;
  readonly metrics: Metrics;
  readonly log: LogLines;
  readonly logger: Logger;
  /** `through`: the client that starts the workflow, of another process if need be. */
  readonly start: (text: string, more?: StartOptions, through?: Client) => Promise<StartedTurn>;
  /** A turn without input. */
  readonly startGreeting: () => Promise<StartedTurn>;
  /** As if the front end had answered 503 before Temporal did. */
  readonly startRefused: (text: string) => Promise<StartedTurn>;
  readonly stopWorkers: () => Promise<void>;
}

class WatchedStream extends MemoryStream {
  readonly #onPublish: WorldOptions['onPublish'];

  constructor({ streamLimits, onPublish }: WorldOptions) {
    super(streamLimits);
    this.#onPublish = onPublish;
  }

  override publish(by: Publisher, event: NewEvent, happenedMs?: number): void {
    super.publish(by, event, happenedMs);
    this.#onPublish?.(event, by.turnId);
  }
}

Runtime.install({ logger: new DefaultLogger('ERROR') });
const bundle = workflowBundle();

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { connection, client } = await connect(options.temporalAddress);
  const agent = toAgent(options.agent);
  const scripted = await startScriptedServer({ speech: 'tone', ...options });
  const openai = createOpenAIClient({ apiKey: 'none', baseURL: scripted.url });
  const stream = new WatchedStream(options);
  const voice = voiceOf(openai, options);
  const { log, logger } = createLog();
  const steps = createSteps({
    agent,
    onLogged: createToolLines(logger),
    agentPath: options.agentPath ?? '',
    model: options.model ?? createOpenAIModel(openai),
  });
  const metrics = createMetrics();
  const onEnded = createTurnReport({ logger, namespace: client.options.namespace, ...options });
  const recorder = createBargeInRecorder(client);
  const ahead = runsAhead ? steps.steps : undefined;
  const turns = new LiveTurns({ voice, stream, ...recorder, meter: metrics.meter, onEnded, ahead });
  const home = homeQueue(agent.name, randomUUID().slice(0, 8));
  const turnRecords = new TurnRecords({ ...options, client, logger, turns });
  const records = { turnRecords, conversationRecords: new ConversationRecords({ client, agent }) };
  const { maxKnownConversations: maxKnown = 1_000 } = options;
  const metadata = readerOf(agent, steps.steps.authors, { ...options, logger });
  const conversations = new Conversations({ agent, turns, metadata, ...records, maxKnown });
  turns.onOpen = (turn) => conversations.meet(turn);
  const parts = { agent, client, home, turns, commands: new HomeCommandsHere(turns), stream };
  const service = new TurnService({ ...parts, conversations, turnRecords, logger, maxOpenTurns: 50 });
  const workers = await createWorkers({
    ...{ agent, stepsFor: () => steps.steps, connection, client, stream, turns, conversations, service },
    ...{ queue: home, maxOpenTurns: 50, leases: new NoLeases() },
    workflowBundle: options.workflowBundle ?? (await bundle),
  });
  const running = workers.run();
  const stopWorkers = async (): Promise<void> => {
    workers.shutdown();
    await running;
    await steps[Symbol.asyncDispose]();
  };
  const dispose = async (): Promise<void> => {
    await stopWorkers();
    await connection.close();
    stream[Symbol.dispose]();
    await scripted.stop();
    assert.equal(turns.size, 0, 'A turn was left open');
    assert.equal(stream.followers, 0, 'A reader of a conversation was left');
  };
  const more = { conversations, turnRecords, metrics, log, logger, scripted, stopWorkers };
  return { ...parts, ...createStarts(parts), ...more, [Symbol.asyncDispose]: dispose };
}

function voiceOf(openai: ReturnType<typeof createOpenAIClient>, { voicePatienceMs: patienceMs = 5_000 }: WorldOptions) {
  return { textToSpeech: createOpenAISpeech(openai), name: 'alloy', patienceMs };
}

function createLog() {
  const log = new LogLines();
  return { log, logger: createLogger({ level: 'info', form: 'json', to: log }) };
}

function readerOf(agent: Agent, authors: AuthorCode, { payloadKeys = [], logger }: WorldOptions & { logger: Logger }) {
  return new ConversationMetadata({ agent, authors, cipher: new PayloadCipher(payloadKeys), logger });
}

async function connect(address = process.env['TEMPORAL_ADDRESS']) {
  assert.ok(address, 'Run tests with `npm test`: it starts the Temporal server they need');
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' });
  return { connection, client };
}

type Parts = Pick<World, 'agent' | 'client' | 'home' | 'turns' | 'stream'>;

/** What a front end does of a turn, without HTTP. */
function createStarts(parts: Parts): Pick<World, 'start' | 'startGreeting' | 'startRefused'> {
  const { agent, client, home, turns, stream } = parts;
  let begun = 0;
  const begin = async (
    text: string | undefined,
    options: BeginOptions,
    through: Client = client,
  ): Promise<StartedTurn> => {
    const { refused, items = [], acknowledged = false, ...more } = options;
    const number = (begun += 1);
    const start = { ...toTurnStart({ text, agent, home, items, number }), ...more };
    const id = turnIdOf(start);
    const live = turns.open({ id, start, before: () => items, metadata: noMetadata });
    stream.open(live.streamed, live.startedMs);
    if (refused) live.refuse();
    const events = refused ? Promise.resolve([]) : Array.fromAsync(stream.subscribe(id, { audio: true }));
    events.catch(() => undefined); // a turn that never finishes ends its readers with the world; who awaits them sees it
    if (acknowledged) live.acknowledge();
    const started = through.workflow.start('turn', toStart(id, agent, start));
    if (!refused) live.play();
    const handle = await started;
    live.acknowledge();
    return { id, live, handle, events, result: () => handle.result() as Promise<TurnResult> };
  };
  return {
    start: (text, more = {}, through = client) => begin(text, { ...more, refused: false }, through),
    startGreeting: () => begin(undefined, { refused: false }),
    startRefused: (text) => begin(text, { refused: true }),
  };
}

export function toStart(id: string, agent: Agent, start: TurnStart) {
  const typedSearchAttributes = new TypedSearchAttributes([]);
  const queue = { taskQueue: sharedQueue(agent.name), requestEagerStart: true };
  return { ...queue, workflowId: id, args: [start], typedSearchAttributes };
}

interface InputParts {
  readonly text: string | undefined;
  readonly agent: Agent;
  readonly home: string;
  readonly items: readonly Item[];
  readonly number: number;
}

function toTurnStart({ text, agent, home, items, number }: InputParts) {
  return {
    conversationId: `conversation-of-${agent.name}`,
    agent: agent.name,
    input: text === undefined ? ({ type: 'greeting' } as const) : textInput(text),
    modality: 'text' as const,
    number,
    home,
    terms: agent.terms,
    history: packHistory(items),
  };
}

/** Names differ, so that worlds on one Temporal server never share a queue. */
const LONG_MS = 600_000;

/** Its deadline may pass while a tool runs, which a definition does not allow. */
function toAgent(options: AgentOptions = {}): Agent {
  const agent = defineAgent({
    name: `agent-${randomUUID().slice(0, 8)}`,
    instructions: 'You help callers of a shop.',
    model: 'scripted',
    voice: 'alloy',
    tools: [],
    ...options,
    deadlineMs: LONG_MS,
  });
  const { deadlineMs = AGENT_DEFAULTS.deadlineMs } = options;
  return { ...agent, terms: { ...agent.terms, deadlineMs } };
}
