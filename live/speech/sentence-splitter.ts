const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** A sentence that the model never ends is split at a space once it is this long, so that the voice has something to say. */
const LONGEST_SENTENCE_CHARS = 300;
/** A full stop after one of these ends no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|no|nr|vs|approx|e\.g|i\.e|[a-z])\.\s*$/i;
const COMPLETE = /[.!?…]["'”’)\]]*\s+$/;

/** What a sentence may end with. */
const END = /[\p{Sentence_Terminal}…\n\r\u0085\u2028\u2029]/u;
/** No sentence ends so far after one of these: quotation marks, brackets and space come between at most. */
const TAIL_CHARS = 32;

/** Splits text that comes in pieces into sentences, each as soon as it is known to be complete. */
export class SentenceSplitter {
  #rest = '';
  /** How many characters have come since a piece with what a sentence may end with. */
  #sinceEnd = Infinity;

  /** Takes a piece of text; returns the sentences that it completes, in order, without surrounding space. */
  push(text: string): string[] {
    this.#rest += text;
    if (!this.#mayEnd(text) && this.#rest.length <= LONGEST_SENTENCE_CHARS) return [];
    const sentences = toSentences(this.#rest);
    const last = sentences.at(-1) ?? '';
    const open = isComplete(last) ? '' : last;
    const complete = isComplete(last) ? sentences : sentences.slice(0, -1);
    const [long, rest] = splitLong(open);
    this.#rest = rest;
    return [...complete, ...long].map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
  }

  #mayEnd(text: string): boolean {
    const isNear = this.#sinceEnd <= TAIL_CHARS;
    this.#sinceEnd = END.test(text) ? 0 : this.#sinceEnd + text.length;
    return isNear || this.#sinceEnd === 0;
  }

  /** The text is over: returns what is left of it. */
  end(): string[] {
    const rest = this.#rest.trim();
    this.#rest = '';
    return rest === '' ? [] : toSentences(rest).map((sentence) => sentence.trim());
  }
}

function toSentences(text: string): string[] {
  const sentences: string[] = [];
  let parts: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const isOpen = ABBREVIATION.test(segment) || (parts.length > 0 && segment.trim() === '');
    parts.push(segment);
    if (isOpen) continue;
    sentences.push(parts.join(''));
    parts = [];
  }
  return parts.length > 0 ? [...sentences, parts.join('')] : sentences;
}

function isComplete(sentence: string): boolean {
  return COMPLETE.test(sentence) && !ABBREVIATION.test(sentence);
}

function splitLong(text: string): [string[], string] {
  const parts: string[] = [];
  let from = 0;
  while (text.length - from > LONGEST_SENTENCE_CHARS) {
    const space = text.slice(from, from + LONGEST_SENTENCE_CHARS + 1).lastIndexOf(' ');
    const to = from + (space > 0 ? space : LONGEST_SENTENCE_CHARS);
    parts.push(text.slice(from, to));
    from = to;
  }
  return [parts, text.slice(from)];
}
