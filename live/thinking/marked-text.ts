import { type Mark, marks, strayMarks } from './model-marks.ts';

/** A part of what the model writes as text. `call`: a whole one, with its marks. */
export type TextPart = { readonly is: 'words' | 'call'; readonly text: string };

const openings: ReadonlyMap<string, Mark | undefined> = new Map([
  ...strayMarks.map((mark) => [mark, undefined] as const),
  ...marks.map((mark) => [mark.opening, mark] as const),
]);
const LONGEST_OPENING = Math.max(...[...openings.keys()].map((opening) => opening.length));
/** Where an opening may begin, by its first two characters, or its first at the end of the text. */
const FIRST = new RegExp(
  [
    ...new Set(
      [...openings.keys()].flatMap((opening) => [quoted(opening.slice(0, 2)), `${quoted(opening.charAt(0))}$`]),
    ),
  ].join('|'),
  'i',
);

/**
 * Parts text that comes in pieces into words, thoughts, which are dropped, and calls that should not be text.
 *
 * 1. Words are passed on at once, but for what may still become a mark.
 * 2. A thought or a call without an end lasts until the end of the reply.
 * 3. Each character is looked at a bounded number of times; of a call so much is kept as it may have.
 */
export class MarkedText {
  readonly #maxCallChars: number;
  /** Not parted yet: what may become a mark. */
  #held = '';
  #within: Mark | undefined;
  #call: string[] = [];
  #callChars = 0;
  /** What follows a mark at the beginning of a reply begins with its first word. */
  #isBeforeWords = false;
  #hasWords = false;
  /** What becomes of white space there. */
  readonly #space: '' | ' ';
  #isSpaced = false;

  /** `goesOn`: words were said before, in a reply that broke off. */
  constructor(maxCallChars: number, { goesOn = false }: { readonly goesOn?: boolean } = {}) {
    this.#maxCallChars = maxCallChars;
    this.#space = goesOn ? ' ' : '';
  }

  push(text: string): readonly TextPart[] {
    // Nearly all text is this.
    const parts: TextPart[] = [];
    if (this.#held === '' && !this.#within && text.search(FIRST) === -1) {
      this.#say(text, parts);
      return parts;
    }
    this.#held += text;
    for (let goesOn = true; goesOn;) {
      goesOn = this.#within ? this.#readWithin(this.#within, parts) : this.#readWords(parts);
    }
    return parts;
  }

  /** What is left at the end of the reply. */
  end(): readonly TextPart[] {
    const held = this.#held;
    this.#held = '';
    const parts: TextPart[] = [];
    this.#keep(held);
    if (this.#within) this.#close(parts);
    else this.#say(held, parts);
    return parts;
  }

  /** Returns whether there is more to read. */
  #readWords(parts: TextPart[]): boolean {
    const at = this.#held.search(FIRST);
    const words = at === -1 ? this.#held : this.#held.slice(0, at);
    this.#say(words, parts);
    this.#held = this.#held.slice(words.length);
    if (at === -1) return false;
    const start = inLowerCase(this.#held.slice(0, LONGEST_OPENING));
    const found = [...openings.keys()].filter((opening) => start.startsWith(opening)).toSorted(byLength)[0];
    if (found !== undefined) return this.#open(found);
    if ([...openings.keys()].some((opening) => opening.startsWith(start))) return false;
    this.#say(this.#held.charAt(0), parts);
    this.#held = this.#held.slice(1);
    return this.#held !== '';
  }

  #open(opening: string): boolean {
    this.#within = openings.get(opening);
    this.#isBeforeWords = !this.#hasWords;
    if (this.#within) this.#keep(this.#held.slice(0, opening.length));
    this.#held = this.#held.slice(opening.length);
    return this.#held !== '';
  }

  #readWithin({ closings }: Mark, parts: TextPart[]): boolean {
    const text = inLowerCase(this.#held);
    const found = closings
      .map((closing) => ({ closing, at: text.indexOf(closing) }))
      .filter(({ at }) => at >= 0)
      .toSorted((one, other) => one.at - other.at)[0];
    if (found) {
      const end = found.at + found.closing.length;
      this.#keep(this.#held.slice(0, end));
      this.#held = this.#held.slice(end);
      this.#close(parts);
      return this.#held !== '';
    }
    const longest = Math.max(0, ...closings.map((closing) => closing.length - 1));
    const over = Math.max(0, this.#held.length - longest);
    this.#keep(this.#held.slice(0, over));
    this.#held = this.#held.slice(over);
    return false;
  }

  #keep(text: string): void {
    if (this.#within?.is !== 'call') return;
    const room = this.#maxCallChars - this.#callChars;
    if (room > 0) this.#call.push(text.slice(0, room));
    this.#callChars += text.length;
  }

  #close(parts: TextPart[]): void {
    if (this.#within?.is === 'call') parts.push({ is: 'call', text: this.#call.join('') });
    this.#within = undefined;
    [this.#call, this.#callChars] = [[], 0];
  }

  #say(text: string, parts: TextPart[]): void {
    const words = this.#isBeforeWords ? text.trimStart() : text;
    this.#isSpaced ||= words.length < text.length;
    if (words === '') return;
    const space = this.#isBeforeWords && this.#isSpaced ? this.#space : '';
    this.#isBeforeWords = false;
    this.#hasWords ||= words.trim() !== '';
    parts.push({ is: 'words', text: space + words });
  }
}

function quoted(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}

/** Of the same length, whatever the language. */
function inLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function byLength(one: string, other: string): number {
  return other.length - one.length;
}
