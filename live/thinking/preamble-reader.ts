import { PREAMBLE } from '../../contract/rounds.ts';

/** A preamble is one short sentence; one that is longer is shortened at a word. */
const LONGEST_PREAMBLE_CHARS = 240;
const ESCAPES: Readonly<Record<string, string>> = { n: ' ', r: ' ', t: ' ', b: '', f: ' ' };
/** What stands before the preamble's words, where it is the first property. */
const OPENING = `{"${PREAMBLE}":"`;
/** Where in the opening there may be white space: before each of its tokens. */
const GAPS: readonly number[] = [0, 1, OPENING.length - 2, OPENING.length - 1];
const HEX_DIGIT = /[0-9a-fA-F]/;

/**
 * Reads the preamble out of arguments while they are still being written, as long as it is their first property: the
 * voice begins before the call is complete. Looks at each character once, and at none after the preamble.
 */
export class PreambleReader {
  #state: 'opening' | 'words' | 'over' = 'opening';
  /** How much of the opening there is. */
  #opened = 0;
  /** An escape that is not all there yet. */
  #escape = '';
  #read = 0;

  /** Whether the preamble is complete, or as long as it may be. */
  get closed(): boolean {
    return this.#state === 'over' && this.#opened === OPENING.length;
  }

  /** Takes more of the arguments' JSON; returns what it adds to the preamble. */
  push(text: string): string {
    let said = '';
    for (let index = 0; index < text.length && this.#state !== 'over'; index += 1) {
      const character = text.charAt(index);
      if (this.#state === 'opening') this.#open(character);
      else said += this.#take(character);
    }
    return this.#shorten(said);
  }

  #open(character: string): void {
    if (character === OPENING.charAt(this.#opened)) this.#opened += 1;
    else if (!GAPS.includes(this.#opened) || character.trim() !== '') this.#state = 'over';
    if (this.#opened === OPENING.length) this.#state = 'words';
  }

  /** What a character of the words' JSON says. */
  #take(character: string): string {
    if (this.#escape === '' && character === '"') this.#state = 'over';
    else if (this.#escape !== '' || character === '\\') return this.#unescape(character);
    else return character;
    return '';
  }

  #unescape(character: string): string {
    this.#escape += character;
    if (this.#escape === '\\') return '';
    const [, kind = '', ...digits] = this.#escape;
    if (kind === 'u' && !digits.every((digit) => HEX_DIGIT.test(digit))) this.#state = 'over';
    if (this.#state === 'over' || (kind === 'u' && digits.length < 4)) return '';
    this.#escape = '';
    return kind === 'u' ? String.fromCharCode(Number.parseInt(digits.join(''), 16)) : (ESCAPES[kind] ?? kind);
  }

  #shorten(said: string): string {
    const room = LONGEST_PREAMBLE_CHARS - this.#read;
    this.#read += said.length;
    if (said.length <= room) return said;
    this.#state = 'over';
    return said.slice(0, Math.max(0, room)).replace(/\s\S*$/, '');
  }
}

/** A preamble that stands elsewhere in complete arguments, as it may be said. */
export function toPreamble(value: unknown): string {
  if (typeof value !== 'string') return '';
  const text = value.replaceAll(/\s+/g, ' ').trim();
  return text.length <= LONGEST_PREAMBLE_CHARS ? text : text.slice(0, LONGEST_PREAMBLE_CHARS).replace(/\s\S*$/, '');
}
