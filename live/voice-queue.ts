import type { NewEvent } from '../stream/turn-stream.ts';
import { LiveSpeech } from './live-speech.ts';
import { Playhead } from './playhead.ts';
import type { Voice } from './synthesise.ts';

/** The one voice of a turn: its speeches are said one after the other, in the order in which they were begun. */
export class VoiceQueue {
  readonly #voice: Voice | undefined;
  readonly #playhead = new Playhead();
  readonly #speeches = new Map<string, LiveSpeech>();
  #last: Promise<unknown> = Promise.resolve();

  /** Without a voice, speech goes out as text. */
  constructor(voice: Voice | undefined) {
    this.#voice = voice;
  }

  /** Begins a speech, or does it again if it was begun before. */
  begin(id: string, publish: (event: NewEvent) => void): LiveSpeech {
    this.#speeches.get(id)?.cut();
    const speech = new LiveSpeech({ id, voice: this.#voice, playhead: this.#playhead, publish, before: this.#last });
    this.#speeches.set(id, speech);
    this.#last = speech.over;
    return speech;
  }

  /** The speech of this id, if it says these words (I3). */
  claim(id: string, text: string): LiveSpeech | undefined {
    const speech = this.#speeches.get(id);
    return speech?.text === text ? speech : undefined;
  }

  cutAll(): void {
    for (const speech of this.#speeches.values()) speech.cut();
  }
}
