import { aborted } from '../../time/clock.ts';
import { withFailures } from '../error-facts.ts';
import type { ProviderFailure } from '../failure.ts';
import type { LanguageModel, ModelChunk, ModelRequest } from '../model.ts';
import { type GoingOn, toCallOptions } from './call-options.ts';
import type { AiSdkModel, CallOptions } from './model-object.ts';
import { Prefill } from './prefill.ts';
import { ReplyReader } from './reply-reader.ts';
import { type Asked, brokenOff, toProviderFailure, withheld } from './to-provider-failure.ts';

/**
 * A model that a provider package of the AI SDK speaks to. Each reply is one `doStream`: retries belong to the caller. A reply that
 * ran into `maxTokens` is complete as it stands; one that the content filter stopped is a failure.
 */
export function createAiSdkModel(object: AiSdkModel): LanguageModel {
  const { provider, modelId: model } = object;
  const prefill = new Prefill(object);
  const asked: Asked = { provider, model };
  return {
    provider,
    reply: (request, signal) =>
      withFailures(
        streamReply({ object, prefill, asked, signal }, request),
        (error) => toProviderFailure(error, asked),
        signal,
      ),
  };
}

const BAD_REQUEST = 400;

interface Exchange {
  readonly object: AiSdkModel;
  readonly prefill: Prefill;
  readonly asked: Asked;
  readonly signal: AbortSignal;
}

type Parts = ReadableStream<unknown>;

async function* streamReply(exchange: Exchange, request: ModelRequest): AsyncGenerator<ModelChunk, void> {
  const { asked, signal } = exchange;
  const parts = await ask(exchange, request);
  const reader = new ReplyReader(request.said);
  for await (const part of readParts(parts, signal)) yield* reader.take(part);
  const failure = failureOf(reader, asked);
  if (failure) throw failure;
}

function failureOf({ end }: ReplyReader, asked: Asked): ProviderFailure | undefined {
  switch (end) {
    case 'finished':
      return undefined;
    case 'withheld':
      return withheld(asked);
    case 'failed':
      return brokenOff(asked, 'the server reported an error in mid-stream');
    case 'cut_short':
      return brokenOff(asked, 'the stream ended before the reply was finished');
  }
}

/** A beginning that the model refuses to go on with costs one request: it had cost the provider nothing. */
async function ask({ object, prefill, signal }: Exchange, request: ModelRequest): Promise<Parts> {
  const open = (goingOn: GoingOn) =>
    openStream(object, { ...toCallOptions(object, request, goingOn), abortSignal: signal }, signal);
  if (!prefill.fits(request)) return open('words');
  try {
    return await open('prefill');
  } catch (error) {
    if (statusOf(error) !== BAD_REQUEST) throw error;
  }
  const parts = await open('words');
  prefill.refused();
  return parts;
}

/** Ends with the signal, whatever the provider's package does. */
async function openStream(object: AiSdkModel, options: CallOptions, signal: AbortSignal): Promise<Parts> {
  const opening = Promise.resolve(object.doStream(options));
  const opened = await Promise.race([opening, aborted(signal)]);
  if (opened) return opened.stream;
  // Nobody reads what still comes.
  opening.then(({ stream }) => stream.cancel()).catch(() => undefined);
  throw signal.reason;
}

async function* readParts(parts: Parts, signal: AbortSignal): AsyncGenerator<unknown, void> {
  const reader = parts.getReader();
  // A stream that has failed already cannot be cancelled, and its reader knows. Cancelling ends a read that is under way.
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
}
