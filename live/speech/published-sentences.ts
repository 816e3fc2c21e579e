import { BYTES_PER_MS } from '../../contract/audio.ts';
import type { WordTiming } from '../../providers/text-to-speech.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { addAudio, durationOf, heardText, textOf, type SpokenSentence } from './heard-words.ts';
import type { Playhead } from './playhead.ts';

export interface PublishedSetting {
  /** Of the speech. */
  readonly id: string;
  readonly playhead: Playhead;
  readonly publish: (event: NewEvent) => void;
  /** Asked before anything is published. Throws where the speech is over. */
  readonly checkOpen: () => void;
  /** As in `VoiceQueueSetting`. */
  readonly doubted?: (() => Promise<void> | undefined) | undefined;
  /** A sentence has begun. */
  readonly onSentence: () => void;
  /** The speech's first audio was published; it begins to play at this moment on the process clock. */
  readonly onFirstAudio: (startsMs: number) => void;
}

/** What was published of one speech: its sentences with their frames, each frame with the time at which it plays if all play in sequence. */
export class PublishedSentences {
  readonly #setting: PublishedSetting;
  readonly #sentences: SpokenSentence[] = [];
  #audioMs = 0;
  #degraded: string | undefined;

  constructor(setting: PublishedSetting) {
    this.#setting = setting;
  }

  get all(): readonly SpokenSentence[] {
    return this.#sentences;
  }

  get isEmpty(): boolean {
    return this.#sentences.length === 0;
  }

  get text(): string {
    return textOf(this.#sentences);
  }

  get hasAudio(): boolean {
    return this.#audioMs > 0;
  }

  /** Of the audio. */
  get durationMs(): number {
    return durationOf(this.#sentences);
  }

  /** Why the first of the sentences that went out as text did, if one did. */
  get degraded(): string | undefined {
    return this.#degraded;
  }

  /** The words heard once so much was played. */
  heardText(heardMs: number): string {
    return heardText(this.#sentences, heardMs);
  }

  /** Publishes a sentence as its audio comes. It begins with its first frame, or as text where there is none. */
  async publish(text: string, audio: AsyncIterable<Uint8Array | WordTiming> | undefined): Promise<SpokenSentence> {
    const timings: WordTiming[] = [];
    let sentence: SpokenSentence | undefined;
    try {
      for await (const piece of this.#whenSure(audio)) {
        this.#setting.checkOpen();
        if (piece instanceof Uint8Array) this.#publishFrame(piece, (sentence ??= this.#begin(text, timings)));
        else timings.push(piece);
      }
    } catch (error) {
      this.#setting.checkOpen();
      // No failure may silence the turn, or end the process that others speak in.
      this.#degraded ??= error instanceof Error ? error.message : String(error);
      sentence ??= this.#begin(text, timings);
      sentence.isLost = true;
      return sentence;
    }
    sentence ??= this.#begin(text, timings);
    sentence.isWhole = true;
    return sentence;
  }

  /** Each piece, and the end, once this process is sure to be the turn's home. */
  async *#whenSure(
    pieces: AsyncIterable<Uint8Array | WordTiming> | undefined,
  ): AsyncGenerator<Uint8Array | WordTiming> {
    for await (const piece of pieces ?? []) {
      if (this.#doubt) await this.#sure();
      yield piece;
    }
    if (this.#doubt) await this.#sure();
  }

  get #doubt(): Promise<void> | undefined {
    return this.#setting.doubted?.();
  }

  async #sure(): Promise<void> {
    for (let doubt = this.#doubt; doubt; doubt = this.#doubt) await doubt;
  }

  #begin(text: string, timings: WordTiming[]): SpokenSentence {
    const { id, publish, checkOpen, onSentence } = this.#setting;
    const sentence = { text, stretches: [], durationMs: 0, isWhole: false, timings };
    const startMs = this.#audioMs;
    this.#sentences.push(sentence);
    if (this.#sentences.length === 1) publish({ type: 'speech.started', speech: id });
    checkOpen();
    publish({ type: 'speech.sentence', speech: id, index: this.#sentences.length - 1, text, startMs });
    onSentence();
    return sentence;
  }

  #publishFrame(pcm: Uint8Array, sentence: SpokenSentence): void {
    const { id, playhead, publish, checkOpen, onFirstAudio } = this.#setting;
    checkOpen();
    const durationMs = pcm.byteLength / BYTES_PER_MS;
    const isFirst = !this.hasAudio;
    const startsMs = playhead.add(durationMs);
    this.#audioMs += durationMs;
    addAudio(sentence, durationMs, startsMs);
    if (isFirst) onFirstAudio(startsMs);
    publish({ type: 'speech.audio', speech: id, index: this.#sentences.length - 1, pcm });
  }
}
