/** Chooses among phrases so that a conversation never hears the same words twice in a row. */
export class PhraseChoice {
  #last: string | undefined;

  /** The phrase after the one that was said last, in the list's order. Undefined where only the last one is left to say. */
  choose(phrases: readonly string[]): string | undefined {
    const from = phrases.findIndex((phrase) => phrase === this.#last) + 1;
    const chosen = [...phrases.slice(from), ...phrases.slice(0, from)].find((phrase) => phrase !== this.#last);
    if (chosen !== undefined) this.#last = chosen;
    return chosen;
  }
}
