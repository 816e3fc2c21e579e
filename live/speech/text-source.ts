import type { Clock } from '../../time/clock.ts';
import type { WordTiming } from '../../providers/text-to-speech.ts';
import { Feed, readAhead } from './feed.ts';
import { SentenceSplitter } from './sentence-splitter.ts';
import type { SpeechSentence, SpeechSource } from './speech-source.ts';
import { asWritten, isSayable, type SpokenText } from './spoken-text.ts';
import { SpeechVoices } from './speech-voices.ts';
import type { Voice } from './synthesise.ts';

export interface TextSourceSetting {
  /** Undefined where the turn is text only. */
  readonly voice: Voice | undefined;
  /** Of the text, as a BCP 47 tag. Default `en`. */
  readonly language?: string | undefined;
  readonly clock: Clock;
}

/**
 * Text that comes in pieces, split into sentences that a voice reads. A sentence in which there is nothing to say stays text;
 * one that no voice says fails.
 */
export class TextSource implements SpeechSource {
  readonly #setting: TextSourceSetting;
  readonly #splitter: SentenceSplitter;
  readonly #feed = new Feed<string>();
  #text = '';
  readonly #voices: SpeechVoices | undefined;
  #isClosed = false;

  constructor(setting: TextSourceSetting) {
    this.#setting = setting;
    this.#splitter = new SentenceSplitter(setting.language);
    this.#voices = setting.voice && new SpeechVoices(setting.voice);
  }

  get text(): string {
    return this.#text;
  }

  say(text: string): void {
    this.#text += text;
    this.#feed.push(this.#splitter.push(text));
  }

  /** Nothing more belongs to the last sentence, even if it has no full stop. */
  flush(): void {
    this.#feed.push(this.#splitter.end());
  }

  /** The text is all there. */
  end(): void {
    this.flush();
    this.#feed.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#feed.close();
  }

  async *sentences(signal: AbortSignal): AsyncGenerator<SpeechSentence> {
    for await (const text of this.#feed) {
      if (this.#isClosed) return;
      const audio = this.#synthesise(text, signal);
      yield { text, ...(audio && { audio }) };
    }
  }

  #synthesise(written: string, signal: AbortSignal): SpeechSentence['audio'] {
    const { voice, clock } = this.#setting;
    if (!voice || !this.#voices) return undefined;
    const spoken = voice.toSpoken?.(written) ?? asWritten(written);
    if (!isSayable(spoken.text)) return undefined;
    return readAhead(toWritten(this.#voices.say(spoken.text, { clock, signal }), spoken));
  }
}

/** Timings of spoken words as those of the written ones. */
async function* toWritten(
  pieces: AsyncIterable<Uint8Array | WordTiming>,
  spoken: SpokenText,
): AsyncGenerator<Uint8Array | WordTiming> {
  for await (const piece of pieces) {
    yield piece instanceof Uint8Array ? piece : { ...piece, endCharacter: spoken.toWritten(piece.endCharacter) };
  }
}
