import assert from 'node:assert/strict';
import { BYTES_PER_MS } from '../../../contract/audio.ts';
import type { SpeechRequest, TextToSpeech, WordTiming } from '../../../providers/text-to-speech.ts';

/** A sentence that a test makes by hand. */
interface MadeSentence {
  readonly pieces: (Uint8Array | WordTiming)[];
  isWhole: boolean;
  wake: () => void;
}

/** A voice that says of a sentence what a test gives it, when the test gives it. */
export class HandVoice implements TextToSpeech {
  readonly #sentences = new Map<string, MadeSentence>();

  /** Gives out audio of this length. */
  frame(text: string, durationMs: number): void {
    this.#give(text, new Uint8Array(durationMs * BYTES_PER_MS));
  }

  timing(text: string, timing: WordTiming): void {
    this.#give(text, timing);
  }

  end(text: string): void {
    const sentence = this.#of(text);
    sentence.isWhole = true;
    sentence.wake();
  }

  /** All of a sentence at once. */
  whole(text: string, durationMs: number): void {
    this.frame(text, durationMs);
    this.end(text);
  }

  async *speak({ text }: SpeechRequest, signal: AbortSignal): AsyncGenerator<Uint8Array | WordTiming> {
    const sentence = this.#of(text);
    for (;;) {
      signal.throwIfAborted();
      const piece = sentence.pieces.shift();
      if (piece) yield piece;
      else if (sentence.isWhole) return;
      else await this.#more(sentence, signal);
    }
  }

  #give(text: string, piece: Uint8Array | WordTiming): void {
    const sentence = this.#of(text);
    assert.ok(!sentence.isWhole, `'${text}' is whole already`);
    sentence.pieces.push(piece);
    sentence.wake();
  }

  #of(text: string): MadeSentence {
    const sentence = this.#sentences.get(text) ?? { pieces: [], isWhole: false, wake: () => undefined };
    this.#sentences.set(text, sentence);
    return sentence;
  }

  async #more(sentence: MadeSentence, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      sentence.wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
