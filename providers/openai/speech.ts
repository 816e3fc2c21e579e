import type { OpenAI } from 'openai';
import type { SpeechRequest, TextToSpeech } from '../text-to-speech.ts';
import { wholeSamples } from '../whole-samples.ts';
import { type Asked, askedFrom, brokenOff, withProviderFailures } from './to-provider-failure.ts';

export const DEFAULT_VOICE_MODEL = 'gpt-4o-mini-tts';
/** A 200 with one of these is an error page, and would be heard as noise. */
const NOT_AUDIO = /^(?:text\/|application\/json)/;

export interface OpenAISpeechOptions {
  readonly model?: string;
}

/** Streamed PCM as the wire defines it: signed 16 bit little endian, 24 kHz, mono. It has no timings of words. */
export function createOpenAISpeech(client: OpenAI, { model = DEFAULT_VOICE_MODEL }: OpenAISpeechOptions = {}) {
  return {
    speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
      const asked = askedFrom(client, 'speech', model);
      return withProviderFailures(streamSpeech({ client, asked, signal }, request), asked, signal);
    },
  } satisfies TextToSpeech;
}

interface Exchange {
  readonly client: OpenAI;
  readonly asked: Asked;
  readonly signal: AbortSignal;
}

async function* streamSpeech(exchange: Exchange, request: SpeechRequest): AsyncGenerator<Uint8Array, void> {
  const { client, asked, signal } = exchange;
  const { text: input, voice, speed, instructions } = request;
  const manner = { ...(speed !== undefined && { speed }), ...(instructions !== undefined && { instructions }) };
  // The wire has no field for the language: a voice hears it in the text.
  const response = await client.audio.speech.create(
    { model: asked.model, input, voice, response_format: 'pcm', ...manner },
    { signal },
  );
  const { body } = response;
  if (body === null) throw brokenOff(asked, 'the answer is empty');
  if (NOT_AUDIO.test(response.headers.get('content-type') ?? '')) {
    await body.cancel();
    throw brokenOff(asked, 'the answer is not audio');
  }
  yield* wholeSamples(body);
}
