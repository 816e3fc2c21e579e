import type { BegunSpeech } from '../../contract/steps.ts';
import type { WordTiming } from '../../providers/text-to-speech.ts';

export { heardIn } from '../../turn/transcript.ts';

/** What a character of speech takes, of a sentence whose end is not made yet: rather too long, so that nothing unheard counts. */
const MS_PER_CHARACTER = 70;

/** Audio that plays without a pause, on the process clock. */
export interface Stretch {
  readonly startsMs: number;
  readonly endsMs: number;
}

export interface SpokenSentence {
  readonly text: string;
  /** When its audio plays, in order. A voice that stalls leaves pauses between them. */
  readonly stretches: Stretch[];
  /** Of the audio that was published. 0: it went out as text. */
  durationMs: number;
  /** All of its audio was published. */
  isWhole: boolean;
  /** Its audio failed: no more of it comes than was published, which may be none. */
  isLost?: true;
  /** From a voice that gives them. */
  readonly timings: WordTiming[];
}

/** Sentences as another process gets them. */
export function toAccount(sentences: readonly SpokenSentence[]): BegunSpeech['sentences'] {
  return sentences.map(({ stretches: _, timings: __, ...sentence }) => sentence);
}

/** Of the audio of a speech that was published. */
export function durationOf(sentences: readonly SpokenSentence[]): number {
  return sentences.reduce((sum, sentence) => sum + sentence.durationMs, 0);
}

export function textOf(sentences: readonly SpokenSentence[]): string {
  return sentences.map((sentence) => sentence.text).join(' ');
}

/** Audio of the sentence was published, which begins to play at a moment on the process clock. */
export function addAudio(sentence: SpokenSentence, durationMs: number, startsMs: number): void {
  const last = sentence.stretches.at(-1);
  const goesOn = last !== undefined && startsMs <= last.endsMs;
  if (goesOn) sentence.stretches.pop();
  sentence.stretches.push({ startsMs: goesOn ? last.startsMs : startsMs, endsMs: startsMs + durationMs });
  sentence.durationMs += durationMs;
}

/** How much of a speech's audio was played at a moment on the process clock, where it plays in real time. */
export function playedMs(sentences: readonly SpokenSentence[], nowMs: number): number {
  const stretches = sentences.flatMap((sentence) => sentence.stretches);
  return stretches.reduce((sum, { startsMs, endsMs }) => sum + Math.max(0, Math.min(nowMs, endsMs) - startsMs), 0);
}

/**
 * The words of which the last sound was heard, once `heardMs` of a speech were played. What of a sentence was never voiced is
 * left out, and the sentences behind it count.
 */
export function heardText(sentences: readonly SpokenSentence[], heardMs: number): string {
  let leftMs = heardMs;
  const heard: string[] = [];
  for (const sentence of sentences) {
    const words = heardWords(sentence, sentence.isLost ? Math.min(leftMs, sentence.durationMs) : leftMs);
    if (words !== '') heard.push(words);
    leftMs -= sentence.durationMs;
    if (leftMs < 0 || (words.length < sentence.text.length && !sentence.isLost)) break;
  }
  return heard.join(' ');
}

/** To the word where the voice says when each one ends, else in proportion to the characters. */
function heardWords({ text, durationMs, isWhole, timings }: SpokenSentence, heardMs: number): string {
  if (isWhole && heardMs >= durationMs) return text;
  if (timings.length > 0) {
    const last = timings.findLast((word) => word.endMs <= heardMs);
    return text.slice(0, last?.endCharacter ?? 0).trim();
  }
  const wholeMs = isWhole ? durationMs : Math.max(durationMs, text.length * MS_PER_CHARACTER);
  const heardCharacters = (text.length * heardMs) / wholeMs;
  const last = [...text.matchAll(/\S+/g)].findLast((word) => word.index + word[0].length <= heardCharacters);
  return last ? text.slice(0, last.index + last[0].length).trim() : '';
}
