import type { Delays } from './script.ts';

const KEPT_REPLIES = 50;

/** A rule's voice delays count for the sentences of its reply; a speech request names no rule, so its words find it. */
export class VoiceDelays {
  #replies: { readonly text: string; readonly delays: Delays }[] = [];

  remember(text: string, delays: Delays): void {
    this.#replies = [...this.#replies, { text, delays }].slice(-KEPT_REPLIES);
  }

  find(sentence: string): Delays | undefined {
    return this.#replies.findLast(({ text }) => text.includes(sentence.trim()))?.delays;
  }
}
