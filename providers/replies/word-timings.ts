import type { WordTiming } from '../text-to-speech.ts';

/** Of a voice that takes equally long for each character: so that what was heard ends with a whole word. */
export function* toTimings(text: string, msPerCharacter: number): Generator<WordTiming> {
  for (const { index, 0: word } of text.matchAll(/\S+/g)) {
    const endCharacter = index + word.length;
    yield { endCharacter, endMs: endCharacter * msPerCharacter };
  }
}
