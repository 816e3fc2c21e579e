import type { OpenAI } from 'openai';
import { readSpeech } from '../audio/read-speech.ts';
import { UnplayableAudio } from '../audio/unplayable-audio.ts';
import { ProviderFailure } from '../failure.ts';
import type { SpeechRequest, TextToSpeech } from '../text-to-speech.ts';
import { type RefusedBySpeech, SpeechTerms } from './speech-terms.ts';
import { type Asked, askedFrom, brokenOff, describe, withProviderFailures } from './to-provider-failure.ts';

export const DEFAULT_VOICE_MODEL = 'gpt-4o-mini-tts';

export interface OpenAISpeechOptions {
  readonly model?: string;
  /** Its server has variables of its own, which failures name. */
  readonly isFallback?: boolean;
  /** The model refuses this: it is left out, or replaced, from now on. */
  readonly onRefused?: (model: string, parameter: RefusedBySpeech) => void;
}

/** PCM as the wire defines it, or what a server sends in its place, made into speech. The wire has no timings of words. */
export function createOpenAISpeech(
  client: OpenAI,
  { model = DEFAULT_VOICE_MODEL, isFallback = false, onRefused = () => undefined }: OpenAISpeechOptions = {},
) {
  const terms = new SpeechTerms((parameter) => onRefused(model, parameter));
  return {
    speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
      const asked = askedFrom(client, { thing: 'speech', model, voice: request.voice, isFallback });
      return withProviderFailures(streamSpeech({ client, terms, asked, signal }, request), asked, signal);
    },
  } satisfies TextToSpeech;
}

interface Exchange {
  readonly client: OpenAI;
  readonly terms: SpeechTerms;
  readonly asked: Asked;
  readonly signal: AbortSignal;
}

async function* streamSpeech(exchange: Exchange, request: SpeechRequest): AsyncGenerator<Uint8Array, void> {
  const { asked } = exchange;
  const { body, headers } = await ask(exchange, request);
  if (body === null) throw brokenOff(asked, 'the answer is empty');
  try {
    yield* readSpeech(body, headers.get('content-type') ?? '');
  } catch (error) {
    throw error instanceof UnplayableAudio ? unplayable(asked, error) : error;
  }
}

/** What the model refuses is left out, and the request repeated at once: it had cost the server nothing. */
async function ask({ client, terms, asked, signal }: Exchange, request: SpeechRequest): Promise<Response> {
  const { text: input, voice, speed, instructions } = request;
  const manner = { ...(speed !== undefined && { speed }), ...(instructions !== undefined && { instructions }) };
  for (;;) {
    // The wire has no field for the language: a voice hears it in the text.
    const wire = terms.accepted({ model: asked.model, input, voice, response_format: 'pcm', ...manner });
    try {
      return await client.audio.speech.create(wire, { signal });
    } catch (error) {
      if (!terms.learn(error, wire)) throw error;
    }
  }
}

function unplayable(asked: Asked, { message, isTransient, isEmpty }: UnplayableAudio): ProviderFailure {
  const why = `the answer ${message}${isTransient ? '; try again' : ''}`;
  return new ProviderFailure(describe(asked, why), { retryable: isTransient, refused: isEmpty });
}
