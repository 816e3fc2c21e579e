import type { NewEvent } from '../stream/turn-stream.ts';
import { speechId } from '../turn/steps.ts';
import { LiveSpeech } from './live-speech.ts';
import { Playhead } from './playhead.ts';
import type { Voice } from './synthesise.ts';

/** Places 1 and 2 of a round are its own words and the apology that ends the turn. */
const FIRST_ASIDE = 3;

/**
 * The one voice of a turn: its speeches are said one after the other, in the order in which they were begun. Never two
 * at once.
 */
export class VoiceQueue {
  readonly #voice: Voice | undefined;
  readonly #playhead = new Playhead();
  readonly #speeches = new Map<string, LiveSpeech>();
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;
  #quietSinceMs = -Infinity;
  readonly #taken = new Set<string>();
  #closed = false;

  /** Without a voice, speech goes out as text. */
  constructor(voice: Voice | undefined) {
    this.#voice = voice;
  }

  get isSpeaking(): boolean {
    return this.#open > 0;
  }

  /** When the last speech was over, on the process clock. */
  get quietSinceMs(): number {
    return this.#quietSinceMs;
  }

  /** Resolves when what has been begun until now is over. */
  get quiet(): Promise<unknown> {
    return this.#last;
  }

  /** Begins a speech, or does it again if it was begun before. */
  begin(id: string, publish: (event: NewEvent) => void): LiveSpeech {
    this.#speeches.get(id)?.cut();
    const speech = new LiveSpeech({ id, voice: this.#voice, playhead: this.#playhead, publish, before: this.#last });
    this.#speeches.set(id, speech);
    this.#taken.add(id);
    if (this.#closed) speech.cut();
    this.#open += 1;
    this.#last = speech.over.finally(() => {
      this.#open -= 1;
      this.#quietSinceMs = performance.now();
    });
    return speech;
  }

  /** Begins a speech beside the round's own words, under the next free place of the round. */
  beginAside(round: number, publish: (event: NewEvent) => void): { readonly id: string; readonly speech: LiveSpeech } {
    let place = FIRST_ASIDE;
    while (this.#taken.has(speechId(round, place))) place += 1;
    const id = speechId(round, place);
    return { id, speech: this.begin(id, publish) };
  }

  get(id: string): LiveSpeech | undefined {
    return this.#speeches.get(id);
  }

  /** The speech of this id, if it says these words (I3). */
  claim(id: string, text: string): LiveSpeech | undefined {
    const speech = this.#speeches.get(id);
    return speech?.text === text ? speech : undefined;
  }

  /** Ids of speeches that were said elsewhere. */
  reserve(ids: readonly string[]): void {
    for (const id of ids) this.#taken.add(id);
  }

  /** The turn is over: what is said is cut, and nothing is said any more. */
  cutAll(): void {
    this.#closed = true;
    for (const speech of this.#speeches.values()) speech.cut();
  }
}
