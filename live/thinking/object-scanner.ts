const SPACE = /\s/;

/** Finds the end of a JSON object in text that comes in pieces. Looks at each character once, so it may come one by one. */
export class ObjectScanner {
  #state: 'before' | 'within' | 'ended' | 'none' = 'before';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** Whether the text so far is an object, and nothing but white space around it, as far as braces and quotes tell. */
  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Whether there is anything but white space. */
  get hasBegun(): boolean {
    return this.#state !== 'before';
  }

  /** Takes text up to the end of the object, or all of it. Returns how much it has taken. */
  push(text: string): number {
    for (let index = 0; index < text.length && this.#state !== 'none'; index += 1) {
      const character = text.charAt(index);
      if (this.#state === 'within') this.#follow(character);
      else if (!SPACE.test(character)) this.#state = this.#state === 'before' && character === '{' ? 'within' : 'none';
      if (this.#state === 'ended') return index + 1;
    }
    return text.length;
  }

  #follow(character: string): void {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === '\\') this.#isEscaped = true;
      else this.#isInString = character !== '"';
    } else if (character === '"') this.#isInString = true;
    else if (character === '{') this.#depth += 1;
    else if (character === '}') this.#close();
  }

  #close(): void {
    if (this.#depth === 0) this.#state = 'ended';
    else this.#depth -= 1;
  }
}
