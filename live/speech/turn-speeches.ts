import type { Speech, Voiced } from '../../contract/rounds.ts';
import type { BegunSpeech } from '../../contract/steps.ts';
import type { EarlierSpeech } from './earlier-speech.ts';
import type { LiveSpeech } from './live-speech.ts';

/** What the client says that it has played of the speech that is cut. */
export interface HeardUntil {
  readonly speech: string;
  readonly heardMs: number;
}

/** Of the speeches that are reported with a heartbeat. */
const MOST_BEGUN = 4;

/**
 * The speeches of one turn, by their own ids, in the order in which they were begun: those of this home, and those that an earlier home
 * has begun. One of both is one speech. Readers know its rest under an id of its own: `streamed`.
 */
export class TurnSpeeches {
  readonly #here = new Map<string, LiveSpeech>();
  readonly #earlier = new Map<string, EarlierSpeech>();

  get(id: string): LiveSpeech | undefined {
    return this.#here.get(id);
  }

  set(id: string, speech: LiveSpeech): void {
    this.#here.set(id, speech);
  }

  [Symbol.iterator](): Iterator<LiveSpeech> {
    return this.#here.values();
  }

  goOnFrom(earlier: EarlierSpeech): void {
    this.#earlier.set(earlier.speech, earlier);
  }

  /** What an earlier home has begun of a speech. */
  earlier(id: string): EarlierSpeech | undefined {
    return this.#earlier.get(id);
  }

  /** The speech that is being said: of those that are not over, the first. */
  get current(): LiveSpeech | undefined {
    return this.#current?.[1];
  }

  get #current(): [id: string, speech: LiveSpeech] | undefined {
    return [...this.#here].find(([, speech]) => !speech.isOver);
  }

  /** The one that readers know under this id. */
  known(streamed: string): LiveSpeech | EarlierSpeech | undefined {
    return [...this.#here.values()].find(({ id }) => id === streamed) ?? this.#earlierKnown(streamed);
  }

  #earlierKnown(streamed: string): EarlierSpeech | undefined {
    return [...this.#earlier.values()].find((earlier) => earlier.streamed === streamed);
  }

  /** Whether a listener may still hear the one that readers know under this id: it is being said, or what is left of it is said now. */
  isHeard(streamed: string): boolean {
    const [id, current] = this.#current ?? [];
    if (current?.id === streamed) return true;
    const earlier = this.#earlierKnown(streamed);
    return earlier !== undefined && (id === undefined || id === earlier.speech);
  }

  /** All that was begun, with what was heard of it until now. */
  get said(): readonly Speech[] {
    const here = [...this.#here].map(([id, { heard }]) => this.earlier(id)?.with({ ...heard, speech: id }) ?? heard);
    return [...this.#left.map((earlier) => earlier.with(undefined)), ...here].filter(({ text }) => text.trim() !== '');
  }

  /** The latest speeches, for a home that may have to go on with them. */
  get begun(): readonly BegunSpeech[] {
    const latest = [...this.#here].slice(-MOST_BEGUN);
    const here = latest.map(([id, speech]) => this.earlier(id)?.begunWith(speech) ?? speech.begun);
    return [...this.#left.map(({ begun }) => begun), ...here].slice(-MOST_BEGUN);
  }

  /** What is said of a speech, by all homes. */
  textOf(id: string): string | undefined {
    const text = this.#here.get(id)?.text;
    return text === undefined ? undefined : (this.earlier(id)?.textWith(text) ?? text);
  }

  /** How a speech was voiced, by all homes. `voiced`: what was said of it here. */
  voiced(id: string, voiced: Voiced): Voiced {
    return this.earlier(id)?.voicedWith(voiced) ?? voiced;
  }

  /** What is left to say of a speech: all of it where an earlier home has said something else, which is another speech then. */
  takeRest(id: string, text: string): string {
    const rest = this.earlier(id)?.restOf(text);
    if (rest === undefined) this.#earlier.delete(id);
    return rest ?? text;
  }

  /** What is said is cut, in this tick. */
  cut(until?: HeardUntil): void {
    for (const speech of this.#here.values()) speech.cut(speech.id === until?.speech ? until.heardMs : undefined);
    if (until) this.#earlierKnown(until.speech)?.cut(until.heardMs);
  }

  /** Begun by an earlier home, and not gone on with here. */
  get #left(): readonly EarlierSpeech[] {
    return [...this.#earlier.values()].filter(({ speech }) => !this.#here.has(speech));
  }
}
