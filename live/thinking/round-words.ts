import { PreambleReader, toPreamble } from './preamble-reader.ts';

/** A round says no more than this; a reply that has more to say ends there. */
export const MAX_WORDS_CHARS = 32 * 1024;

/** Where a round's words go as they come. `flush`: nothing more belongs to the sentence that was begun. */
export interface Speaker {
  readonly say: (text: string) => void;
  readonly flush: () => void;
}

/**
 * What a round says, out of what the model writes.
 *
 * 1. Words that the model writes by itself are the round's words; preambles of its calls are then dropped.
 * 2. Otherwise the first preamble is, and no other: it is read out of the arguments while they are still written.
 * 3. `text` is all that was said, in order, whatever failed after it.
 * 4. What an earlier home of the turn has said of the round is taken as said: see `resume`.
 * 5. Of a reply that broke off only what was said stays. Where that ends within a preamble, the next reply's goes on with it.
 */
export class RoundWords {
  readonly #speaker: Speaker;
  readonly #maxChars: number;
  readonly #readers = new Map<number, PreambleReader>();
  #text = '';
  #last = '';
  #isWordless = true;
  /** By its place: the call whose preamble is said. */
  #preambleOf: number | undefined;
  /** The words end within a preamble that is not complete. */
  #isWithinPreamble = false;
  /** The speaker knows that what was said so far is complete. */
  #isFlushed = false;

  constructor(speaker: Speaker, maxChars = MAX_WORDS_CHARS) {
    this.#speaker = speaker;
    this.#maxChars = maxChars;
  }

  get text(): string {
    return this.#text;
  }

  get isWordless(): boolean {
    return this.#isWordless;
  }

  get isFull(): boolean {
    return this.#text.length >= this.#maxChars;
  }

  /** The round has been begun with these words, and they are not said again. Blank: with none. */
  resume(said: string): void {
    if (said.trim() === '') return;
    this.#text = said;
    this.#last = said.slice(-1);
    this.#isWordless = false;
    this.#isFlushed = true;
  }

  /** Another reply begins, after one that broke off. */
  restart(): void {
    this.#preambleOf = undefined;
    this.#readers.clear();
  }

  /** The model's own words. */
  own(text: string): void {
    const isBlank = text.trim() === '';
    const isAnother = !this.#isWordless && (this.#isFlushed || this.#preambleOf !== undefined);
    if (!isBlank) this.#isWithinPreamble = false;
    this.#say(isAnother && /^\S/.test(text) && /\S/.test(this.#last) ? ` ${text}` : text);
  }

  /** A piece of the arguments of the call in this place. */
  argument(place: number, text: string): void {
    const isOpen = this.#preambleOf === undefined && (this.#isWordless || this.#isWithinPreamble);
    if (!isOpen && this.#preambleOf === undefined) this.#flush();
    const reader = this.#readers.get(place) ?? new PreambleReader();
    this.#readers.set(place, reader);
    const said = reader.push(text);
    if (isOpen && said.trim() !== '') this.#preambleOf = place;
    if (this.#preambleOf !== place) return;
    this.#isWithinPreamble = !reader.closed;
    this.#say(said);
    if (reader.closed) this.#flush();
  }

  /** A preamble that was not the first property, or a phrase of a tool that always has one. */
  late(text: unknown): void {
    if (!this.#isWordless) return;
    this.#say(toPreamble(text));
    this.#flush();
  }

  #say(text: string): void {
    const taken = text.slice(0, Math.max(0, this.#maxChars - this.#text.length));
    if (taken === '') return;
    this.#text += taken;
    this.#last = taken.slice(-1);
    this.#isFlushed = false;
    if (this.#isWordless) this.#isWordless = taken.trim() === '';
    this.#speaker.say(taken);
  }

  #flush(): void {
    if (!this.#isFlushed) this.#speaker.flush();
    this.#isFlushed = true;
  }
}
