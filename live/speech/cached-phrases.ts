import type { SpeechRequest, TextToSpeech, WordTiming } from '../../providers/text-to-speech.ts';
import { SentenceSplitter } from './sentence-splitter.ts';

/** A voice that has some phrases as audio: what is said when a provider is down must not need it. */
export class CachedPhrases implements TextToSpeech {
  readonly #voice: TextToSpeech;
  readonly #cached = new Map<string, readonly (Uint8Array | WordTiming)[]>();

  constructor(voice: TextToSpeech) {
    this.#voice = voice;
  }

  /** Synthesises a phrase, sentence by sentence, and caches it for as long as the process lives. Throws ProviderFailure. */
  async add(phrase: string, request: Omit<SpeechRequest, 'text'>, signal: AbortSignal): Promise<void> {
    const splitter = new SentenceSplitter(request.language);
    for (const text of [...splitter.push(phrase), ...splitter.end()]) {
      const frames = await Array.fromAsync(this.#voice.speak({ ...request, text }, signal));
      this.#cached.set(key(text, request.voice), frames);
    }
  }

  async *speak(...[request, signal]: Parameters<TextToSpeech['speak']>): AsyncGenerator<Uint8Array | WordTiming> {
    yield* this.#cached.get(key(request.text, request.voice)) ?? this.#voice.speak(request, signal);
  }
}

function key(text: string, voice: string): string {
  return `${voice}\n${text}`;
}
