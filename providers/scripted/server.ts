import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { route } from './endpoints.ts';
import type { ServerState } from './planned-answer.ts';
import { sendError } from './wire/error-answer.ts';
import { type FailureOrder, FailurePlan } from './failure-plan.ts';
import { type HoldOrder, HoldPlan } from './hold-plan.ts';
import { RequestLog } from './request-log.ts';
import { type Delays, NO_DELAYS, type Script, type ScriptRule } from './script.ts';
import { startEspeakVoice } from './voice/espeak-voice.ts';
import { createToneVoice } from './voice/tone-voice.ts';
import { VoiceDelays } from './voice-delays.ts';

/** 100 ms of audio. */
const SPEECH_CHUNK_BYTES = 4_800;
/** Longer than the pauses of a conversation; clients take it from the header `Keep-Alive`. */
const KEEP_ALIVE_MS = 75_000;

export interface ScriptedServerOptions {
  readonly rules?: readonly ScriptRule[];
  readonly delays?: Partial<Delays>;
  /** `espeak` speaks real words; `tone` hums, in no time. Default `espeak`. */
  readonly speech?: 'espeak' | 'tone';
  readonly speechChunkBytes?: number;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly host?: string;
}

export interface ScriptedServer extends AsyncDisposable {
  /** Base URL, ends in `/v1`. */
  readonly url: string;
  readonly requests: ServerState['requests'];
  readonly script: Script;
  failNext(order: FailureOrder): void;
  /** The next request waits in mid-answer until the returned function is called. */
  holdNext(order: HoldOrder): () => void;
  /** Closes open connections too. */
  stop(): Promise<void>;
}

/**
 * A server that speaks OpenAI's wires, and Anthropic's, and answers by rules: for the demo, tests and benchmarks without a key or a
 * network.
 */
export async function startScriptedServer(options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const { host = '127.0.0.1', port = 0, speech = 'espeak' } = options;
  const voice = speech === 'tone' ? createToneVoice() : await startEspeakVoice();
  const state: ServerState = {
    script: { rules: options.rules ?? [], delays: { ...NO_DELAYS, ...options.delays } },
    failures: new FailurePlan(),
    holds: new HoldPlan(),
    voiceDelays: new VoiceDelays(),
    voice,
    speechChunkBytes: options.speechChunkBytes ?? SPEECH_CHUNK_BYTES,
    requests: {
      chat: new RequestLog(),
      speech: new RequestLog(),
      messages: new RequestLog(),
      responses: new RequestLog(),
    },
    stored: new Map(),
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void answer({ request, response }, state);
  });
  try {
    await listen(server, port, host);
  } catch (error) {
    await voice.stop();
    throw error;
  }
  const stop = () => stopServer(server, state);
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/v1`,
    requests: state.requests,
    script: state.script,
    failNext: (order) => state.failures.order(order),
    holdNext: (order) => state.holds.order(order),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Accepted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer({ request, response }: Accepted, state: ServerState): Promise<void> {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  try {
    await route({ request, response, signal: closed.signal }, state);
  } catch (error) {
    // If the connection has closed, there is nobody to answer.
    if (closed.signal.aborted) return;
    if (response.headersSent) response.destroy();
    else sendError(response, { status: 500, message: error instanceof Error ? error.message : String(error) });
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

async function stopServer(server: Server, { voice }: ServerState): Promise<void> {
  const closed = server.listening ? once(server, 'close') : undefined;
  server.close();
  server.closeAllConnections();
  await Promise.all([closed, voice.stop()]);
}
