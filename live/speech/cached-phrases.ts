import type { SpeechRequest, TextToSpeech, WordTiming } from '../../providers/text-to-speech.ts';
import { asWritten, isSayable, type SpokenForm } from './spoken-text.ts';
import { SentenceSplitter } from './sentence-splitter.ts';

/** A voice that has some phrases as audio: what is said when a provider is down must not need it. */
export class CachedPhrases implements TextToSpeech {
  readonly #voice: TextToSpeech;
  readonly #toSpoken: SpokenForm;
  readonly #cached = new Map<string, readonly (Uint8Array | WordTiming)[]>();

  /** `toSpoken`: how its phrases will be spoken when they are said. */
  constructor(voice: TextToSpeech, toSpoken: SpokenForm = asWritten) {
    this.#voice = voice;
    this.#toSpoken = toSpoken;
  }

  /** Synthesises a phrase, sentence by sentence, and caches it for as long as the process lives. Throws ProviderFailure. */
  async add(phrase: string, request: Omit<SpeechRequest, 'text'>, signal: AbortSignal): Promise<void> {
    const splitter = new SentenceSplitter(request.language);
    const sentences = [...splitter.push(phrase), ...splitter.end()].map((sentence) => this.#toSpoken(sentence).text);
    for (const text of sentences.filter(isSayable)) {
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
