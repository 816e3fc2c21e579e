import type { WordTiming } from '../../providers/text-to-speech.ts';
import { SentenceSplitter } from './sentence-splitter.ts';
import { asWritten, isSayable, type SpokenForm } from './spoken-text.ts';

type Pieces = readonly (Uint8Array | WordTiming)[];

export interface CachedPhrasesSetting {
  /** How phrases will be spoken when they are said. Default: as they are written. */
  readonly toSpoken?: SpokenForm;
  /** Of the phrases, as a BCP 47 tag. */
  readonly language?: string;
}

/** Phrases as audio: what is said when a provider is down must not need it. */
export class CachedPhrases {
  readonly #setting: CachedPhrasesSetting;
  readonly #cached = new Map<string, Pieces>();

  constructor(setting: CachedPhrasesSetting = {}) {
    this.#setting = setting;
  }

  find(spoken: string): Pieces | undefined {
    return this.#cached.get(spoken);
  }

  /** Has a phrase synthesised, sentence by sentence, and caches it for as long as the process lives. Rejects as `say` does. */
  async add(phrase: string, say: (spoken: string) => AsyncIterable<Uint8Array | WordTiming>): Promise<void> {
    const { toSpoken = asWritten, language } = this.#setting;
    const splitter = new SentenceSplitter(language);
    const sentences = [...splitter.push(phrase), ...splitter.end()].map((sentence) => toSpoken(sentence).text);
    for (const spoken of sentences.filter(isSayable)) this.#cached.set(spoken, await Array.fromAsync(say(spoken)));
  }
}
