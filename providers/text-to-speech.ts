/** One sentence to be said. */
export interface SpeechRequest {
  readonly text: string;
  /** The voice's name. */
  readonly voice: string;
  /** Of the text: a BCP 47 tag, such as `en` or `de-CH`. */
  readonly language?: string;
  /** 1 is the voice's own speed. */
  readonly speed?: number;
  /** How it is to be said, in words. */
  readonly instructions?: string;
}

/** Where a word of the sentence ends: in its audio, and in its text. */
export interface WordTiming {
  readonly endMs: number;
  /** Count of UTF-16 code units, as in `text.slice(0, endCharacter)`. */
  readonly endCharacter: number;
}

/**
 * Text to speech. Audio is PCM: signed 16 bit little endian, 24,000 samples a second, mono. Docs: docs/voices.md.
 */
export interface TextToSpeech {
  /** Streams one sentence as whole samples in chunks of any length, and, where the voice knows them, the timings of its words. Throws ProviderFailure. An aborted `signal` ends it with the signal's reason. */
  speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<Uint8Array | WordTiming>;
}
