import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelMessage, ModelRequest } from '../../providers/model.ts';
import type { TimedChunk } from '../../providers/replies/reply.ts';
import { createAnswer, type Answer, type Script } from '../../providers/replies/script.ts';

/** A script as a server that speaks the OpenAI wire, for processes that are killed while it goes on. */
export interface WireModelServer extends AsyncDisposable {
  /** Base URL, ends in `/v1`. */
  readonly url: string;
  /** The first request that the script had no reply to. */
  readonly fault: () => unknown;
}

/** The wire's form of a request, as far as a script looks at it. */
interface WireRequest {
  readonly model: string;
  readonly messages: readonly WireMessage[];
  readonly tool_choice?: string | { readonly function: { readonly name: string } };
}
interface WireMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { name: string; arguments: string } }[];
}

const CHAT = '/v1/chat/completions';
const SPEECH = '/v1/audio/speech';
const SILENCE = Buffer.alloc(4_800);

export async function serveScript(script: Script): Promise<WireModelServer> {
  const answer = createAnswer(script);
  let fault: unknown;
  const server = createServer((request, response) => {
    // Turns are in text; an apology is made as audio beforehand all the same.
    if (request.url !== CHAT) return void response.writeHead(request.url === SPEECH ? 200 : 404).end(SILENCE);
    handle(request, response, answer).catch((error: unknown) => {
      fault ??= error;
      if (!response.headersSent) response.writeHead(400, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'The script of the test has no reply' } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    fault: () => fault,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const asked = toRequest(JSON.parse(await readText(request)) as WireRequest);
  const chunks = answer(asked);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const chunk of chunks) await send(response, chunk);
  const isCall = chunks.some(({ chunk }) => chunk.type === 'call');
  write(response, { choices: [{ index: 0, delta: {}, finish_reason: isCall ? 'tool_calls' : 'stop' }] });
  response.end('data: [DONE]\n\n');
}

async function send(response: ServerResponse, { afterMs, chunk }: TimedChunk): Promise<void> {
  if (afterMs > 0) await delay(afterMs);
  if (chunk.type === 'text') return write(response, { choices: [{ index: 0, delta: { content: chunk.text } }] });
  if (chunk.type !== 'call') return; // this wire has no state, and thoughts are not shown
  const { index, name, arguments: args } = chunk;
  const call = { index, id: `call_${index}`, type: 'function', function: { name, arguments: args } };
  write(response, { choices: [{ index: 0, delta: { tool_calls: [call] } }] });
}

function write(response: ServerResponse, event: object): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}

function toRequest({ model, messages, tool_choice: choice = 'auto' }: WireRequest): ModelRequest {
  const toolChoice = typeof choice === 'object' ? { tool: choice.function.name } : (choice as 'auto');
  return { model, messages: messages.map(toMessage), tools: [], toolChoice };
}

function toMessage({ role, content, tool_call_id: callId = '', tool_calls: calls = [] }: WireMessage): ModelMessage {
  const text = content ?? '';
  if (role === 'tool') return { role, callId, text };
  if (role !== 'assistant') return { role, text };
  return {
    role,
    text,
    calls: calls.map(({ id, function: { name, arguments: args } }) => ({ id, name, arguments: args })),
  };
}
