import type { WordTiming } from '../../providers/text-to-speech.ts';

export interface SpeechSentence {
  readonly text: string;
  /** Its frames, with the timings of its words where they are known. Absent, or where it fails: the sentence goes out as text. */
  readonly audio?: AsyncIterable<Uint8Array | WordTiming>;
}

/** What a speech is made from: text that a voice reads (`text-source.ts`), or frames with their words (`frame-source.ts`). */
export interface SpeechSource {
  /** All that it says, as far as it is known. */
  readonly text: string;
  /**
   * Its sentences, read once and in order; never fails. The next one is asked for when the one before it begins to play:
   * one that is made on demand is begun then, in the same tick. `signal`: aborted when the speech was cut.
   */
  readonly sentences: (signal: AbortSignal) => AsyncIterable<SpeechSentence>;
  /** No further sentence is wanted; the one that was taken last is still played. */
  readonly close: () => void;
}
