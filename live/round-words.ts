import { PreambleReader, toPreamble } from './preamble-reader.ts';

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
 */
export class RoundWords {
  readonly #speaker: Speaker;
  readonly #readers = new Map<number, PreambleReader>();
  #text = '';
  #preambleOf: number | undefined;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  get text(): string {
    return this.#text;
  }

  get isWordless(): boolean {
    return this.#text.trim() === '';
  }

  /** Another reply begins, after one that broke off. */
  restart(): void {
    this.#readers.clear();
  }

  /** The model's own words. */
  own(text: string): void {
    const glued = this.#preambleOf !== undefined && text.trim() !== '' && !/\s$/.test(this.#text);
    this.#say(glued ? ` ${text}` : text);
  }

  /** A piece of a call's arguments. */
  argument(index: number, text: string): void {
    if (!this.isWordless && this.#preambleOf === undefined) this.#speaker.flush();
    const reader = this.#readers.get(index) ?? new PreambleReader();
    this.#readers.set(index, reader);
    const said = reader.push(text);
    if (this.#preambleOf === undefined && this.isWordless && said.trim() !== '') this.#preambleOf = index;
    if (this.#preambleOf !== index) return;
    this.#say(said);
    if (reader.closed) this.#speaker.flush();
  }

  /** A preamble that was not the first property, or a phrase of a tool that always has one. */
  late(text: unknown): void {
    if (!this.isWordless) return;
    this.#say(toPreamble(text));
    this.#speaker.flush();
  }

  #say(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#speaker.say(text);
  }
}
