import type { BegunSpeech } from '../../contract/steps.ts';
import type { Speech, Voiced } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { durationOf, heardText, textOf, toAccount, type SpokenSentence } from './heard-words.ts';
import type { LiveSpeech } from './live-speech.ts';
import type { PlayoutReport } from './playout-reports.ts';

/**
 * A speech that an earlier home of the turn has begun. Its sentences that were published whole are not said again; what is left of it
 * is said as another speech, and for the record the two are one.
 */
export class EarlierSpeech {
  readonly speech: string;
  /** As readers know the last part of it that was begun. */
  readonly streamed: string;
  readonly kind: Speech['kind'];
  /** The first sentence of that part. */
  readonly #from: number;
  readonly #sentences: readonly SpokenSentence[];
  readonly #isReported: boolean;
  #heardMs: number;

  /** `isReported`: the client reports what it plays. Otherwise all that was published was heard by now. */
  constructor(begun: BegunSpeech, isReported: boolean) {
    this.speech = begun.speech;
    this.streamed = begun.rest?.speech ?? begun.speech;
    this.#from = begun.rest?.from ?? 0;
    this.kind = begun.kind;
    this.#sentences = begun.sentences.map((sentence) => ({ ...sentence, stretches: [], timings: [] }));
    this.#isReported = isReported;
    this.#heardMs = isReported ? (begun.heardMs ?? 0) : this.durationMs;
  }

  get durationMs(): number {
    return durationOf(this.#sentences);
  }

  get heardMs(): number {
    return this.#heardMs;
  }

  /** What is not said again. */
  get wholeText(): string {
    return textOf(this.#whole);
  }

  /** For a home that may come after this one. */
  get begun(): BegunSpeech {
    const { speech, streamed, kind } = this;
    const rest = { speech: streamed, from: this.#from };
    return {
      speech,
      rest,
      kind,
      sentences: toAccount(this.#sentences),
      ...(this.#isReported && { heardMs: this.#heardMs }),
    };
  }

  /** The same, once the rest is being said here. */
  begunWith({ id, begun: { sentences, heardMs, voiced, ...here } }: LiveSpeech): BegunSpeech {
    const before = toAccount(this.#whole);
    return {
      ...{ ...here, speech: this.speech, rest: { speech: id, from: before.length } },
      sentences: [...before, ...sentences],
      ...(heardMs !== undefined && { heardMs: this.#heardMs + heardMs }),
      ...(voiced && { voiced: this.voicedWith(voiced) }),
    };
  }

  /** The client has played so much of it. */
  report({ positionMs, state }: PlayoutReport): void {
    if (!this.#isReported) return;
    const played = state === 'finished' ? this.durationMs : Math.min(positionMs, this.durationMs);
    this.#heardMs = Math.max(this.#heardMs, played);
  }

  /** The caller spoke after so much of it. */
  cut(heardMs: number): void {
    this.#heardMs = Math.min(this.#isReported ? Math.max(heardMs, this.#heardMs) : heardMs, this.durationMs);
  }

  /** Tells readers that no more of it comes. */
  get cutEvent(): NewEvent {
    const sentences = this.#sentences.slice(this.#from);
    const said = { speech: this.streamed, kind: this.kind, text: textOf(sentences) };
    const durationMs = durationOf(sentences);
    const heardMs = Math.max(0, this.#heardMs - (this.durationMs - durationMs));
    const heard = { heardText: heardText(sentences, heardMs), heardMs: Math.round(heardMs) };
    return { type: 'speech.cut', ...said, durationMs: Math.round(durationMs), ...heard };
  }

  /** What of a text is still to be said. Undefined where the text does not begin with what was. */
  restOf(text: string): string | undefined {
    let at = 0;
    for (const sentence of this.#whole) {
      const from = text.indexOf(sentence.text, at);
      if (from === -1 || text.slice(at, from).trim() !== '') return undefined;
      at = from + sentence.text.length;
    }
    return text.slice(at);
  }

  /** The speech as one, with what was said here of the rest. */
  with(rest: Speech | undefined): Speech {
    const begun = { speech: this.speech, kind: rest?.kind ?? this.kind };
    if (!rest) return { ...begun, text: textOf(this.#sentences), voiced: this.#cutVoiced };
    return { ...begun, text: this.textWith(rest.text), ...(rest.voiced && { voiced: this.voicedWith(rest.voiced) }) };
  }

  textWith(rest: string): string {
    const whole = this.wholeText;
    return whole === '' || rest === '' || /^\s/.test(rest) ? whole + rest : `${whole} ${rest}`;
  }

  voicedWith(rest: Voiced): Voiced {
    const { heardMs = rest.interrupted ? 0 : rest.durationMs, heardText: heard } = rest;
    const earlier = heard === '' && rest.interrupted ? this.#heardText : this.#heardOfWhole;
    const all = this.#heardMs + heardMs;
    return {
      ...rest,
      heardText: [earlier, heard.trim()].filter((text) => text !== '').join(' '),
      durationMs: Math.round(durationOf(this.#whole)) + rest.durationMs,
      ...(rest.interrupted && all > 0 && { heardMs: Math.round(all) }),
    };
  }

  get #cutVoiced(): Voiced {
    const heard = this.#heardMs > 0 ? { heardMs: Math.round(this.#heardMs) } : {};
    const durationMs = Math.round(this.durationMs);
    return { heardText: this.#heardText, durationMs, interrupted: true, ...heard };
  }

  get #whole(): readonly SpokenSentence[] {
    return this.#sentences.filter(({ isWhole, isLost }) => isWhole || isLost);
  }

  get #heardText(): string {
    return heardText(this.#sentences, this.#heardMs);
  }

  /** A sentence that is said again counts once. */
  get #heardOfWhole(): string {
    return heardText(this.#whole, this.#heardMs);
  }
}
