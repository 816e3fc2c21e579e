import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createLegatoClient, type LegatoClient } from '../../client/client.ts';
import { LegatoError } from '../../client/legato-error.ts';
import { type Config, readConfig } from '../../config.ts';
import type { Metadata } from '../../contract/metadata.ts';
import type { ServedEvent, Turn } from '../../contract/http.ts';
import { startEmbeddedServer } from '../../dev-server/embedded-server.ts';
import { retryUntilGiven } from '../../time/retry.ts';
import type { Script } from '../../providers/replies/script.ts';
import { agentEnvironment } from './agent-environment.ts';
import { startAgentProcess, type AgentProcess } from './agent-process.ts';
import { serveScript } from './wire-model.ts';

export interface TestTurnOptions {
  /** Path of the agent's module, from the working directory, or its URL. */
  readonly agent: string | URL;
  readonly say: string;
  /** Of the conversation. */
  readonly metadata?: Metadata;
  /** What the model says, in every process. */
  readonly model: Script;
  /** The process that plays the turn is killed (SIGKILL) as soon as it publishes an event of this type, or one that fits. */
  readonly killOn?: ServedEvent['type'] | ((event: ServedEvent) => boolean);
  /** Who goes on: another process that runs beside it, or one that is started after the kill. Default `other`. */
  readonly goesOn?: 'other' | 'restarted';
  /** For the agent's processes, beside the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** For the whole turn, in ms. Default 120000. */
  readonly timeoutMs?: number;
}

export interface DurableTurn extends Pick<Turn, 'items' | 'steps' | 'outcome'> {
  /** As Temporal has recorded it. */
  readonly turn: Turn;
  /** That were read before the kill, or else all. */
  readonly events: readonly ServedEvent[];
  readonly wasKilled: boolean;
}

const TIMEOUT_MS = 120_000;

/**
 * One turn, in text, on a real Temporal server: the one at TEMPORAL_ADDRESS, or an embedded one. The agent runs in processes of
 * its own, and one of them can be killed in the middle. Resolves with the record of the turn.
 * @throws Error if the turn is not over in time, or if the script has no reply
 */
export async function testTurn(options: TestTurnOptions): Promise<DurableTurn> {
  const config = readConfig(undefined, { installed: false });
  const folder = await mkdtemp(join(tmpdir(), 'legato-test-turn-'));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const temporal = await findTemporal(config, cleanUp);
  const model = cleanUp.use(await serveScript(options.model));
  const own = { ...temporal, ...options.env, LEGATO_AGENT: await writeOwnAgent(folder, options.agent) };
  const env = agentEnvironment({ tester: config.environment, modelUrl: model.url, own });
  const start = async (): Promise<AgentProcess> => {
    const started = await startAgentProcess(env);
    cleanUp.defer(started.kill);
    return started;
  };
  const turn = await play(options, start);
  const fault = model.fault();
  if (fault !== undefined) throw new Error('The script does not fit the turn', { cause: fault });
  return turn;
}

async function findTemporal(
  { temporal, environment, cacheDir }: Config,
  cleanUp: AsyncDisposableStack,
): Promise<Readonly<Record<string, string>>> {
  if (temporal) return {};
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const { address, namespace } = cleanUp.use(await startEmbeddedServer({ environment, cacheDir, log }));
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

/**
 * The agent under a name of this test's own: no process of another test takes its turn over. Models of AI SDK providers are named
 * only, so that the script answers for them.
 */
async function writeOwnAgent(folder: string, agent: string | URL): Promise<string> {
  const path = agent instanceof URL ? fileURLToPath(agent) : resolve(agent);
  const file = join(folder, 'agent.mjs');
  const own = `-test-${randomUUID().slice(0, 8)}`;
  await writeFile(
    file,
    `import agent from ${JSON.stringify(pathToFileURL(path).href)};
const name = { value: agent.name.slice(0, 40) + ${JSON.stringify(own)}, enumerable: true };
const modelObject = { value: undefined, enumerable: true };
const fallbackModels = { value: agent.fallbackModels.map(({ object, ...named }) => named), enumerable: true };
const own = { name, modelObject, fallbackModels };
export default Object.create(Object.prototype, { ...Object.getOwnPropertyDescriptors(agent), ...own });
`,
  );
  return file;
}

async function play(options: TestTurnOptions, start: () => Promise<AgentProcess>): Promise<DurableTurn> {
  const { metadata, killOn, goesOn = 'other', timeoutMs = TIMEOUT_MS } = options;
  const created = metadata ? { metadata } : {};
  const home = await start();
  const other = killOn !== undefined && goesOn === 'other' ? await start() : undefined;
  const client = createLegatoClient({ baseUrl: home.url });
  const signal = AbortSignal.timeout(timeoutMs);
  const { id: conversation } = await untilAnswered(() => client.createConversation(created), signal);
  const said = { text: options.say, modality: 'text' } as const;
  const { id } = await untilAnswered(() => client.startTurn(conversation, said, { signal }), signal);
  const { events, isToKill } = await readUntil(client, { id, killOn, signal });
  if (!isToKill) return toDurable(await whenFinished(client, { id, signal, timeoutMs }), events, false);
  await home.kill();
  const next = other ?? (await start());
  const going = createLegatoClient({ baseUrl: next.url });
  return toDurable(await whenFinished(going, { id, signal, timeoutMs }), events, true);
}

interface Reading {
  readonly id: string;
  readonly killOn: TestTurnOptions['killOn'];
  readonly signal: AbortSignal;
}

async function readUntil(client: LegatoClient, { id, killOn, signal }: Reading) {
  const events: ServedEvent[] = [];
  for await (const event of client.events(id, { signal })) {
    events.push(event);
    const isToKill = typeof killOn === 'function' ? killOn(event) : event.type === killOn;
    if (isToKill && event.type !== 'turn.finished') return { events, isToKill };
  }
  return { events, isToKill: false };
}

interface Waiting {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

async function whenFinished(client: LegatoClient, { id, signal, timeoutMs }: Waiting): Promise<Turn> {
  try {
    return await untilAnswered(() => client.result(id, { signal }), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`Turn '${id}' was not over ${timeoutMs} ms after it was posted`, { cause: error });
  }
}

/** Temporal answers nothing about a turn while it still waits for the process that was killed. */
async function untilAnswered<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return retryUntilGiven(async () => {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LegatoError) || error.status !== 503) throw error;
      return undefined;
    }
  });
}

function toDurable(turn: Turn, events: readonly ServedEvent[], wasKilled: boolean): DurableTurn {
  const { items, steps, outcome } = turn;
  return { turn, items, steps, outcome, events, wasKilled };
}
