import type { OpenAI } from 'openai';
import { ProviderFailure } from '../../providers/failure.ts';
import type { ModelChunk, ModelRequest } from '../../providers/model.ts';
import { createOpenAIClient } from '../../providers/openai/client.ts';
import {
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from '../../providers/scripted/server.ts';

/** No key of anybody; shaped like one, so that a leak of it is found. */
export const API_KEY = 'sk-test-0123456789abcdef';
export const NEVER = new AbortController().signal;

export interface Exchange extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly client: OpenAI;
}

export async function startExchange(options: ScriptedServerOptions = {}): Promise<Exchange> {
  const server = await startScriptedServer({ speech: 'tone', ...options });
  const client = createOpenAIClient({ apiKey: API_KEY, baseURL: server.url });
  return { server, client, [Symbol.asyncDispose]: () => server.stop() };
}

export function askFor(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'scripted', messages: [{ role: 'user', text }], tools: [], toolChoice: 'auto', ...more };
}

export function textOf(chunks: readonly ModelChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
}

/** Each call's name and whole arguments, by index. */
export function callsOf(chunks: readonly ModelChunk[]): { name: string | undefined; arguments: string }[] {
  const calls: { name: string | undefined; arguments: string }[] = [];
  for (const chunk of chunks) {
    if (chunk.type !== 'call') continue;
    const before = calls[chunk.index];
    calls[chunk.index] = {
      name: before?.name ?? chunk.name,
      arguments: (before?.arguments ?? '') + chunk.arguments,
    };
  }
  return calls;
}

/** Reads to the end, which must be a ProviderFailure. */
export async function failureOf(parts: AsyncIterable<unknown>): Promise<ProviderFailure> {
  try {
    await Array.fromAsync(parts);
  } catch (error) {
    if (error instanceof ProviderFailure) return error;
    throw error;
  }
  throw new Error('Expected a ProviderFailure, but the iteration ended');
}
