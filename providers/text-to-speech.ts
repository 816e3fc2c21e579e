/** All speech in Legato: signed 16 bit little endian samples, mono. */
export const SAMPLE_RATE_HZ = 24_000;
export const BYTES_PER_MS = (SAMPLE_RATE_HZ * 2) / 1000;

export interface SpeechRequest {
  readonly text: string;
  readonly voice: string;
}

export interface TextToSpeech {
  /** Streams one sentence as whole samples in chunks of any length. Throws ProviderFailure. An aborted `signal` ends it with the signal's reason. */
  speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<Uint8Array>;
}
