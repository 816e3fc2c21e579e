import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createAnthropic as createAnthropicV3 } from 'ai-sdk-anthropic-v3';
import type { ProviderState } from '../../../contract/rounds.ts';
import type { AiSdkModel } from '../../../providers/ai-sdk/model-object.ts';
import { createAiSdkModel } from '../../../providers/ai-sdk/model.ts';
import type { LanguageModel, ModelChunk, ModelMessage, ModelRequest, ModelTool } from '../../../providers/model.ts';
import type { ScriptedServer, ScriptedServerOptions } from '../../../providers/scripted/server.ts';
import { API_KEY, callsOf, NEVER, startExchange } from '../scripted-exchange.ts';

/** One that thinks only where it is asked to. */
export const CLAUDE = 'claude-sonnet-4-5';

export const lookUp: ModelTool = {
  name: 'look_up',
  description: 'Looks an order up',
  parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'], additionalProperties: false },
};

/** The real packages, by the wire that they speak to the scripted server. */
export const packages = {
  'the Messages wire': {
    endpoint: 'messages',
    objectAt: (baseURL: string): AiSdkModel => createAnthropic({ apiKey: API_KEY, baseURL })(CLAUDE),
  },
  'the Messages wire, by version 3': {
    endpoint: 'messages',
    objectAt: (baseURL: string): AiSdkModel => createAnthropicV3({ apiKey: API_KEY, baseURL })(CLAUDE),
  },
  'the Responses wire': {
    endpoint: 'responses',
    objectAt: (baseURL: string): AiSdkModel => createOpenAI({ apiKey: API_KEY, baseURL }).responses('gpt-5.1'),
  },
} as const;

export type PackageName = keyof typeof packages;
export const packageNames = Object.keys(packages) as readonly PackageName[];

export interface SdkExchange extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly object: AiSdkModel;
  readonly model: LanguageModel;
}

export async function startSdkExchange(name: PackageName, options: ScriptedServerOptions = {}): Promise<SdkExchange> {
  const exchange = await startExchange(options);
  const object = packages[name].objectAt(exchange.server.url);
  return {
    server: exchange.server,
    object,
    model: createAiSdkModel(object),
    [Symbol.asyncDispose]: () => exchange[Symbol.asyncDispose](),
  };
}

export function read(model: LanguageModel, request: ModelRequest): Promise<ModelChunk[]> {
  return Array.fromAsync(model.reply(request, NEVER));
}

/** The reply as a message of the next request, with results of its calls, in the way of a turn. */
export function toHistory(model: LanguageModel, chunks: readonly ModelChunk[], text = ''): readonly ModelMessage[] {
  const calls = callsOf(chunks).map(({ name = '', arguments: args }, at) => ({
    id: `call0000${at}`,
    name,
    arguments: args,
  }));
  const pieces = chunks.flatMap((chunk) => (chunk.type === 'state' ? [chunk.state] : []));
  // As the record keeps it.
  const state = JSON.parse(JSON.stringify({ provider: model.provider ?? '', model: 'm', pieces })) as ProviderState;
  return [
    { role: 'assistant', text, calls, ...(pieces.length > 0 && { state }) },
    ...calls.map(({ id }) => ({ role: 'tool', callId: id, text: '{"status":"shipped"}' }) as const),
  ];
}
