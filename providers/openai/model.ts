import type { OpenAI } from 'openai';
import type { LanguageModel, ModelChunk, ModelRequest } from '../model.ts';
import { readEventStream, readWholeReply } from './event-stream.ts';
import { ReplyParser } from './reply-parser.ts';
import { type Asked, askedFrom, brokenOff, withheld, withProviderFailures } from './to-provider-failure.ts';
import { toWireRequest } from './wire-request.ts';

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
  const response = await client.chat.completions.create(toWireRequest(request), { signal }).asResponse();
  const { body, headers } = response;
  if (body === null) throw brokenOff(asked, 'the answer is empty');
  const isWhole = headers.get('content-type')?.includes('application/json') === true;
  const parser = new ReplyParser();
  const payloads = isWhole ? readWholeReply(body, parser) : readEventStream(body, parser);
  for await (const payload of payloads) yield* parser.take(payload);
  switch (parser.end) {
    case 'finished':
      return;
    case 'withheld':
      throw withheld(asked);
    case 'failed':
      throw brokenOff(asked, 'the server reported an error in mid-stream');
    case 'cut_short':
      throw brokenOff(asked, 'the stream ended before the reply was finished');
  }
}
