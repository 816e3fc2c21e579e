/** A sentence that the model never ends is split at a space once it is this long, so that the voice has something to say. */
const LONGEST_SENTENCE_CHARS = 300;

/** How a language ends its sentences. */
interface Ends {
  readonly segmenter: Intl.Segmenter;
  /** What ends like this goes on: a full stop of an abbreviation or a list's number, or a mark within an address. */
  readonly open: RegExp;
  readonly complete: RegExp;
  /** What a sentence may end with. */
  readonly end: RegExp;
}

/** Words with a full stop that ends no sentence. Words of English, such as 'no.', end sentences elsewhere. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  en: 'dr|mr|mrs|ms|prof|st|no|nr|vs|approx|e\\.g|i\\.e|etc|inc|ltd|jr|sr|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec',
  de: 'dr|prof|hr|fr|st|nr|bzw|ca|z\\.\\s?b|d\\.\\s?h|u\\.\\s?a|usw|evtl|inkl|str|tel|jan|feb|apr|aug|sept|okt|nov|dez',
  fr: 'dr|m|mm|mme|mlle|prof|st|ste|av|env|p\\.\\s?ex|tél',
  es: 'dr|dra|sr|sra|srta|ud|uds|prof|núm|pág|av|aprox|tel|p\\.\\s?ej',
};
/** Where a number with a full stop is 'the third', as in 'am 3. März'. */
const ORDINALS = new Set([
  'cs',
  'da',
  'de',
  'et',
  'fi',
  'hr',
  'hu',
  'lv',
  'nb',
  'nn',
  'no',
  'pl',
  'sk',
  'sl',
  'sr',
  'tr',
]);
/** In Greek a semicolon asks. */
const MORE_ENDS: Readonly<Record<string, string>> = { el: ';\u037e' };
const known = new Map<string, Ends>();

function endsOf(language: string): Ends {
  const found = known.get(language);
  if (found) return found;
  const name = new Intl.Locale(language).language;
  const marks = `\\p{Sentence_Terminal}…${MORE_ENDS[name] ?? ''}`;
  const words = ABBREVIATIONS[name] ?? 'dr|prof';
  const number = ORDINALS.has(name) ? '(?:^|[\\s(])\\d{1,2}\\.\\s*$' : '^\\s*\\d{1,3}\\.\\s*$';
  const ends = {
    segmenter: new Intl.Segmenter(language, { granularity: 'sentence' }),
    open: new RegExp(`(?:^|[\\s(])(?:${words}|(?:\\p{L}\\.)*\\p{L})\\.\\s*$|${number}|[.?!…]["'”’)\\]]*$`, 'iu'),
    complete: new RegExp(`[${marks}]["'”’)\\]]*\\s+$`, 'u'),
    end: new RegExp(`[${marks}\\n\\r\\u0085\\u2028\\u2029]`, 'u'),
  };
  known.set(language, ends);
  return ends;
}

/** No sentence ends so far after one of these: quotation marks, brackets and space come between at most. */
const TAIL_CHARS = 32;

/** Splits text that comes in pieces into sentences, each as soon as it is known to be complete. */
export class SentenceSplitter {
  readonly #ends: Ends;
  #rest = '';
  /** How many characters have come since a piece with what a sentence may end with. */
  #sinceEnd = Infinity;

  /** `language`: a BCP 47 tag. */
  constructor(language = 'en') {
    this.#ends = endsOf(language);
  }

  /** Takes a piece of text; returns the sentences that it completes, in order, without surrounding space. */
  push(text: string): string[] {
    this.#rest += text;
    if (!this.#mayEnd(text) && this.#rest.length <= LONGEST_SENTENCE_CHARS) return [];
    const sentences = toSentences(this.#rest, this.#ends);
    const last = sentences.at(-1) ?? '';
    const isWhole = isComplete(last, this.#ends);
    const open = isWhole ? '' : last;
    const complete = isWhole ? sentences : sentences.slice(0, -1);
    const [long, rest] = splitLong(open);
    this.#rest = rest;
    const parts = [...complete.flatMap(toParts), ...long];
    return parts.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
  }

  #mayEnd(text: string): boolean {
    const isNear = this.#sinceEnd <= TAIL_CHARS;
    this.#sinceEnd = this.#ends.end.test(text) ? 0 : this.#sinceEnd + text.length;
    return isNear || this.#sinceEnd === 0;
  }

  /** The text is over: returns what is left of it. */
  end(): string[] {
    const rest = this.#rest.trim();
    this.#rest = '';
    return rest === '' ? [] : toSentences(rest, this.#ends).map((sentence) => sentence.trim());
  }
}

function toSentences(text: string, { segmenter, open }: Ends): string[] {
  const sentences: string[] = [];
  let parts: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const isOpen = open.test(segment) || (parts.length > 0 && segment.trim() === '');
    parts.push(segment);
    if (isOpen) continue;
    sentences.push(parts.join(''));
    parts = [];
  }
  return parts.length > 0 ? [...sentences, parts.join('')] : sentences;
}

function isComplete(sentence: string, { complete, open }: Ends): boolean {
  return complete.test(sentence) && !open.test(sentence);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** However long a sentence is that comes in one piece, a voice is not given more at once. */
function toParts(sentence: string): string[] {
  const [long, rest] = splitLong(sentence);
  return [...long, rest];
}

function splitLong(text: string): [string[], string] {
  const parts: string[] = [];
  let from = 0;
  while (text.length - from > LONGEST_SENTENCE_CHARS) {
    const to = from + lengthOfPart(text.slice(from, from + LONGEST_SENTENCE_CHARS + 1));
    parts.push(text.slice(from, to));
    from = to;
  }
  return [parts, text.slice(from)];
}

/** Up to its last space or comma, or else to the last place that is within no character as it is read. */
function lengthOfPart(text: string): number {
  const last = [...text.matchAll(/\s|[,，、،;；](?!\d)/g)].at(-1);
  if (last !== undefined && last.index > 0) return last[0].trim() === '' ? last.index : last.index + 1;
  const place = graphemes.segment(text).containing(LONGEST_SENTENCE_CHARS)?.index ?? 0;
  return place > 0 ? place : LONGEST_SENTENCE_CHARS;
}
