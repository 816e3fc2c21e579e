import type { OpenAI } from 'openai';
import { type Clock, processClock } from '../../time/clock.ts';
import type { LanguageModel, ModelChunk, ModelRequest } from '../model.ts';
import { readEventStream, readWholeReply } from './event-stream.ts';
import { type RefusedParameter, RefusedParameters } from './refused-parameters.ts';
import { ReplyParser } from './reply-parser.ts';
import { type Asked, askedFrom, brokenOff, withheld, withProviderFailures } from './to-provider-failure.ts';
import { toWireRequest } from './wire-request.ts';

/**
 * Streamed chat completions. A reply that ran into `maxTokens` is complete as it stands: its text ends in mid-sentence, and a call's
 * arguments may not parse. One that the content filter stopped is a failure. A refusal is text like any other.
 */
export function createOpenAIModel(
  client: OpenAI,
  { onRefused = () => undefined, clock = processClock }: OpenAIModelOptions = {},
): LanguageModel {
  const refused = new RefusedParameters(onRefused);
  return {
    reply(request, signal) {
      const asked = askedFrom(client, { thing: 'reply', model: request.model });
      return withProviderFailures(streamReply({ client, refused, asked, signal, clock }, request), asked, signal);
    },
  };
}

export interface OpenAIModelOptions {
  /** The model refuses this parameter: it is left out from now on. */
  readonly onRefused?: (model: string, parameter: RefusedParameter) => void;
  /** Default: the process's own. */
  readonly clock?: Clock;
}

interface Exchange {
  readonly client: OpenAI;
  readonly refused: RefusedParameters;
  readonly asked: Asked;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

async function* streamReply(exchange: Exchange, request: ModelRequest): AsyncGenerator<ModelChunk, void> {
  const { asked } = exchange;
  const { body, headers } = await ask(exchange, request);
  if (body === null) throw brokenOff(asked, 'the answer is empty');
  const isWhole = headers.get('content-type')?.includes('application/json') === true;
  const parser = new ReplyParser();
  const payloads = isWhole ? readWholeReply(body, parser) : readEventStream(body, parser, exchange.clock);
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

/** Each parameter that the model refuses is left out, and the request repeated at once: it had cost the server nothing. */
async function ask({ client, refused, signal }: Exchange, request: ModelRequest): Promise<Response> {
  for (let wire = toWireRequest(request); ;) {
    wire = refused.accepted(wire);
    try {
      return await client.chat.completions.create(wire, { signal }).asResponse();
    } catch (error) {
      if (!refused.learn(error, wire)) throw error;
    }
  }
}
