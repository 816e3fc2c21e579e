import { Buffer } from 'node:buffer';
import type { OpenAI } from 'openai';
import type { SpeechRequest, TextToSpeech } from '../text-to-speech.ts';
import { type Asked, askedFrom, brokenOff, withProviderFailures } from './to-provider-failure.ts';

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

/** The same bytes in chunks of whole 16 bit samples, wherever the network cut them; half a sample at the very end is dropped. */
async function* wholeSamples(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let half: Uint8Array | undefined;
  for await (const chunk of chunks) {
    const bytes: Uint8Array = half === undefined ? chunk : Buffer.concat([half, chunk]);
    const wholeBytes = bytes.length - (bytes.length % 2);
    half = wholeBytes < bytes.length ? bytes.subarray(wholeBytes) : undefined;
    if (wholeBytes > 0) yield bytes.subarray(0, wholeBytes);
  }
}
