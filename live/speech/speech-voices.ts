import { ProviderFailure } from '../../providers/failure.ts';
import type { WordTiming } from '../../providers/text-to-speech.ts';
import type { Clock } from '../../time/clock.ts';
import { type NamedVoice, synthesise, type Voice } from './synthesise.ts';

interface Saying {
  readonly clock: Clock;
  /** Aborted when the speech was cut. */
  readonly signal: AbortSignal;
}

/**
 * What one speech is said with: the agent's voice, and from a sentence on at which that one fails or rests its second one.
 *
 * 1. A sentence that was begun is said by one voice. If that breaks off, the rest of the sentence is not voiced.
 * 2. A voice that has failed in a speech is not asked again in it. One that has refused a sentence is asked for the next.
 * 3. A sentence that no voice says fails with the first reason.
 */
export class SpeechVoices {
  readonly #voice: Voice;
  /** The next to be asked first. */
  #left: readonly NamedVoice[];
  #failure: unknown;

  constructor(voice: Voice) {
    this.#voice = voice;
    this.#left = [voice, ...(voice.fallback ? [voice.fallback] : [])];
  }

  async *say(spoken: string, saying: Saying): AsyncGenerator<Uint8Array | WordTiming> {
    const cached = this.#voice.cached?.(spoken);
    if (cached) return yield* cached;
    let failure: unknown;
    const voices = this.#left;
    for (const [index, voice] of voices.entries()) {
      let begun = false;
      const hasOther = voices.slice(index + 1).some((other) => other.rest?.isResting !== true);
      try {
        for await (const piece of this.#ask(voice, spoken, { ...saying, hasOther })) {
          begun = true;
          yield piece;
        }
        return;
      } catch (error) {
        saying.signal.throwIfAborted();
        this.#failed(voice, error);
        if (begun) throw error;
        failure ??= error;
      }
    }
    throw failure ?? this.#failure;
  }

  async *#ask(
    { textToSpeech, name, rest }: NamedVoice,
    spoken: string,
    saying: Saying & { readonly hasOther: boolean },
  ): AsyncGenerator<Uint8Array | WordTiming> {
    const { manner = {}, patienceMs } = this.#voice;
    const tried = rest?.take();
    try {
      for await (const piece of synthesise(spoken, { textToSpeech, name, manner, patienceMs, ...saying })) {
        tried?.spoke();
        yield piece;
      }
    } catch (error) {
      if (!saying.signal.aborted) tried?.failed(error);
      throw error;
    }
  }

  #failed(voice: NamedVoice, error: unknown): void {
    const others = this.#left.filter((other) => other !== voice);
    const isRefused = error instanceof ProviderFailure && error.refused;
    this.#left = isRefused ? [...others, voice] : others;
    if (!isRefused) this.#failure ??= error;
  }
}
