import type { WordTiming } from '../../providers/text-to-speech.ts';
import { Feed } from './feed.ts';
import type { SpeechSentence, SpeechSource } from './speech-source.ts';

/** `sentence`: its words, before the first of its frames. Timings count from the beginning of their sentence. */
export type SpokenPiece = { readonly sentence: string } | Uint8Array | WordTiming;

/**
 * Frames with their words, as a model gives them that speaks by itself. They are read as they come, whatever plays by then.
 * Where the stream breaks off within a sentence, that one counts as text. The model's own step reports the failure.
 */
export class FrameSource implements SpeechSource {
  readonly #open: (signal: AbortSignal) => AsyncIterable<SpokenPiece>;
  readonly #feed = new Feed<SpeechSentence>();
  #text = '';
  #isClosed = false;

  /** `open` is called once; an aborted signal ends the stream. */
  constructor(open: (signal: AbortSignal) => AsyncIterable<SpokenPiece>) {
    this.#open = open;
  }

  get text(): string {
    return this.#text;
  }

  close(): void {
    this.#isClosed = true;
    this.#feed.close();
  }

  async *sentences(signal: AbortSignal): AsyncGenerator<SpeechSentence> {
    void this.#read(signal);
    for await (const sentence of this.#feed) {
      if (this.#isClosed) return;
      yield sentence;
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    let audio = new Feed<Uint8Array | WordTiming>();
    try {
      for await (const piece of this.#open(signal)) {
        const isNext = 'sentence' in piece;
        if (isNext && this.#isClosed) break;
        if (isNext) {
          audio.close();
          audio = new Feed();
          this.#add({ text: piece.sentence, audio });
        } else audio.push([piece]);
      }
      audio.close();
    } catch (error) {
      audio.fail(error);
    }
    this.#feed.close();
  }

  #add(sentence: SpeechSentence): void {
    this.#text += this.#text === '' ? sentence.text : ` ${sentence.text}`;
    this.#feed.push([sentence]);
  }
}
