const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** A sentence that the model never ends is cut at a space once it is this long, so that the voice has something to say. */
const LONGEST_SENTENCE_CHARS = 300;
/** A full stop after one of these ends no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|no|nr|vs|approx|e\.g|i\.e|[a-z])\.\s*$/i;
const COMPLETE = /[.!?…]["'”’)\]]*\s+$/;

/** Cuts text that comes in pieces into sentences, each as soon as it is known to be complete. */
export class SentenceCutter {
  #rest = '';

  /** Takes a piece of text; returns the sentences that it completes, in order, without surrounding space. */
  push(text: string): string[] {
    this.#rest += text;
    const sentences = toSentences(this.#rest);
    const last = sentences.at(-1) ?? '';
    const open = isComplete(last) ? '' : last;
    const complete = isComplete(last) ? sentences : sentences.slice(0, -1);
    const [long, rest] = cutLong(open);
    this.#rest = rest;
    return [...complete, ...long].map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
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
  for (const { segment } of segmenter.segment(text)) {
    const before = sentences.at(-1);
    if (before !== undefined && ABBREVIATION.test(before)) sentences[sentences.length - 1] = before + segment;
    else sentences.push(segment);
  }
  return sentences;
}

function isComplete(sentence: string): boolean {
  return COMPLETE.test(sentence) && !ABBREVIATION.test(sentence);
}

function cutLong(text: string): [string[], string] {
  if (text.length <= LONGEST_SENTENCE_CHARS) return [[], text];
  const space = text.lastIndexOf(' ', LONGEST_SENTENCE_CHARS);
  const at = space > 0 ? space : LONGEST_SENTENCE_CHARS;
  const [more, rest] = cutLong(text.slice(at));
  return [[text.slice(0, at), ...more], rest];
}
