export interface SpeechRequest {
  readonly text: string;
  readonly voice: string;
}

/** Where a word of the sentence ends: in its audio, and in its text. */
export interface WordTiming {
  readonly endMs: number;
  readonly endCharacter: number;
}

export interface TextToSpeech {
  /** Streams one sentence as whole samples in chunks of any length, and, where the voice knows them, the timings of its words. Throws ProviderFailure. An aborted `signal` ends it with the signal's reason. */
  speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<Uint8Array | WordTiming>;
}
