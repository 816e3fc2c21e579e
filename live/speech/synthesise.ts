import { ProviderFailure } from '../../providers/failure.ts';
import type { SpeechRequest, TextToSpeech, WordTiming } from '../../providers/text-to-speech.ts';
import type { SpokenForm } from './spoken-text.ts';
import type { Clock } from '../../time/clock.ts';
import { withPatience } from '../../providers/patience.ts';

export interface Voice {
  readonly textToSpeech: TextToSpeech;
  readonly name: string;
  /** How it speaks, the same for every sentence. */
  readonly manner?: Pick<SpeechRequest, 'language' | 'speed' | 'instructions'>;
  /** What of a sentence is spoken, and how. Default: what is written. */
  readonly toSpoken?: SpokenForm;
  /** Longest silence of the provider before it counts as failed. */
  readonly patienceMs: number;
}

/** One sentence as frames. A failure before the first frame is tried once more; after it, it is the reader's. */
export async function* synthesise(
  text: string,
  { textToSpeech, name, manner, ...waiting }: Voice & { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array | WordTiming> {
  for (let attempt = 1; ; attempt += 1) {
    let begun = false;
    try {
      const speak = (inner: AbortSignal) => textToSpeech.speak({ text, voice: name, ...manner }, inner);
      for await (const frame of withPatience(speak, { of: 'The voice', ...waiting })) {
        begun = true;
        yield frame;
      }
      return;
    } catch (error) {
      const again = error instanceof ProviderFailure && error.retryable && !begun && attempt === 1;
      if (!again) throw error;
    }
  }
}
