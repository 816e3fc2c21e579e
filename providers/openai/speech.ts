import type { OpenAI } from 'openai';
import type { SpeechRequest, TextToSpeech } from '../text-to-speech.ts';
import { relay } from './relay.ts';
import { type Asked, askedFrom, brokenOff } from './to-provider-failure.ts';
import { wholeSamples } from './whole-samples.ts';

const DEFAULT_MODEL = 'gpt-4o-mini-tts';
/** A 200 with one of these is an error page, and would be heard as noise. */
const NOT_AUDIO = /^(?:text\/|application\/json)/;

export interface OpenAISpeechOptions {
  readonly model?: string;
}

/** Streamed PCM as the wire defines it: signed 16 bit little endian, 24 kHz, mono. It has no timings of words. */
export function createOpenAISpeech(client: OpenAI, { model = DEFAULT_MODEL }: OpenAISpeechOptions = {}) {
  return {
    speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
      const asked = askedFrom(client, 'speech', model);
      return relay(streamSpeech({ client, asked, signal }, request), asked, signal);
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
  const response = await client.audio.speech.create(
    { model: asked.model, input: request.text, voice: request.voice, response_format: 'pcm' },
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
