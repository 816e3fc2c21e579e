import type { Delays } from './script.ts';

const MAX_REPLIES = 50;

/** A rule's voice delays apply to the sentences of its reply. A speech request names no rule, so it is found by its words. */
export class VoiceDelays {
  #replies: { readonly text: string; readonly delays: Delays }[] = [];

  remember(text: string, delays: Delays): void {
    this.#replies = [...this.#replies, { text, delays }].slice(-MAX_REPLIES);
  }

  find(sentence: string): Delays | undefined {
    return this.#replies.findLast(({ text }) => text.includes(sentence.trim()))?.delays;
  }
}
