import type { OpenAI } from 'openai';
import type { LanguageModel, ModelChunk, ModelRequest } from '../model.ts';
import { readEventStream } from './event-stream.ts';
import { type Asked, askedFrom, brokenOff, withheld, withProviderFailures } from './to-provider-failure.ts';
import { toWireRequest } from './wire-request.ts';

/** An event of the stream, as far as servers that speak this wire can be relied on to fill it in. */
interface WireChunk {
  readonly choices?: readonly WireChoice[];
  readonly error?: unknown;
}
interface WireChoice {
  readonly delta?: WireDelta;
  readonly finish_reason?: string | null;
}
interface WireDelta {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly WireCall[];
}
interface WireCall {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
}

/**
 * Streamed chat completions. A reply that ran into `maxTokens` is complete as it stands: its text ends in mid-sentence, and a call's
 * arguments may not parse. One that the content filter stopped is a failure. A refusal is text like any other.
 */
export function createOpenAIModel(client: OpenAI): LanguageModel {
  return {
    reply(request, signal) {
      const asked = askedFrom(client, 'reply', request.model);
      return withProviderFailures(streamReply({ client, asked, signal }, request), asked, signal);
    },
  };
}

interface Exchange {
  readonly client: OpenAI;
  readonly asked: Asked;
  readonly signal: AbortSignal;
}

async function* streamReply(exchange: Exchange, request: ModelRequest): AsyncGenerator<ModelChunk, void> {
  const { client, asked, signal } = exchange;
  const { body } = await client.chat.completions.create(toWireRequest(request), { signal }).asResponse();
  let finishReason: string | null | undefined;
  if (body !== null) {
    for await (const payload of readEventStream(body)) {
      const chunk = JSON.parse(payload) as WireChunk;
      if (chunk.error) throw brokenOff(asked, 'the server reported an error in mid-stream');
      const choice = chunk.choices?.[0];
      yield* toModelChunks(choice?.delta);
      finishReason = choice?.finish_reason ?? finishReason;
    }
  }
  if (finishReason === 'content_filter') throw withheld(asked);
  if (!finishReason) throw brokenOff(asked, 'the stream ended before the reply was finished');
}

function* toModelChunks(delta: WireDelta | undefined): Generator<ModelChunk, void> {
  const text = delta?.content ?? delta?.refusal;
  if (text) yield { type: 'text', text };
  for (const call of delta?.tool_calls ?? []) yield toCallChunk(call);
}

function toCallChunk({ index, id, function: piece }: WireCall): ModelChunk {
  const name = piece?.name;
  return {
    type: 'call',
    index: index ?? 0,
    ...(id && { id }),
    ...(name && { name }),
    arguments: piece?.arguments ?? '',
  };
}
