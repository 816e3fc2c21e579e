import type { ServedEvent } from '../../contract/http.ts';
import type { Player } from './find-player.ts';
import { type Playing, startPlaying } from './playing.ts';

/** What is played of a turn's events. */
type PlayedEvent =
  | { readonly type: 'speech.audio'; readonly speech: string; readonly pcm: Uint8Array }
  | { readonly type: 'speech.finished' | 'speech.cut'; readonly speech: string }
  | { readonly type: 'turn.interrupted' | 'turn.finished' };
type OtherEvent = { readonly type: Exclude<ServedEvent['type'], PlayedEvent['type']> };

export interface SpeakerSetting {
  readonly player: Player;
  /** Told once, in one sentence, if the player fails; nothing is played from then on. */
  readonly onTrouble: (why: string) => void;
}

interface Utterance {
  readonly turn: string;
  readonly speech: string;
  /** Of which nothing is played yet. */
  readonly frames: Uint8Array[];
  isWhole: boolean;
  playing?: Playing;
}

/**
 * Plays the speech of turns as it comes, one voice at a time: a speech that begins while another one plays, of whichever
 * turn, waits for its end. What is cut is silent at once.
 */
export class Speaker {
  readonly #setting: SpeakerSetting;
  /** In the order in which they began; the first one is being played. */
  #utterances: Utterance[] = [];
  /** Turns that were stopped: what is still under way of them is not played. */
  readonly #stopped = new Set<string>();
  #silent = Promise.withResolvers<void>();
  #hasFailed = false;

  constructor(setting: SpeakerSetting) {
    this.#setting = setting;
  }

  /** Resolves when nothing is left to play. */
  get silent(): Promise<void> {
    return this.#utterances.length === 0 ? Promise.resolve() : this.#silent.promise;
  }

  take(turn: string, event: PlayedEvent | OtherEvent): void {
    switch (event.type) {
      case 'speech.audio':
        return this.#write({ turn, speech: event.speech }, event.pcm);
      case 'speech.finished':
        return this.#endAll(is(turn, event.speech));
      case 'speech.cut':
        return this.#drop(is(turn, event.speech));
      case 'turn.interrupted':
        return this.stop(turn);
      case 'turn.finished':
        this.#stopped.delete(turn);
        return this.#endAll((utterance) => utterance.turn === turn);
      default:
        return;
    }
  }

  /** Silences a turn at once, and for good. */
  stop(turn: string): void {
    this.#stopped.add(turn);
    this.#drop((utterance) => utterance.turn === turn);
  }

  /** Silences all turns at once. */
  [Symbol.dispose](): void {
    this.#drop(() => true);
  }

  #write({ turn, speech }: Pick<Utterance, 'turn' | 'speech'>, pcm: Uint8Array): void {
    if (this.#hasFailed || this.#stopped.has(turn)) return;
    const known = this.#utterances.find(is(turn, speech));
    const utterance: Utterance = known ?? { turn, speech, frames: [], isWhole: false };
    if (!known) this.#utterances.push(utterance);
    if (!utterance.playing) utterance.frames.push(pcm);
    else utterance.playing.write(pcm);
    if (this.#utterances[0] === utterance && !utterance.playing) this.#playNext();
  }

  #endAll(isMeant: (utterance: Utterance) => boolean): void {
    for (const utterance of this.#utterances.filter(isMeant)) {
      if (!utterance.isWhole) utterance.playing?.end();
      utterance.isWhole = true;
    }
  }

  #drop(isMeant: (utterance: Utterance) => boolean): void {
    const dropped = this.#utterances.filter(isMeant);
    // The one that is being played leaves when its player is gone.
    this.#utterances = this.#utterances.filter((utterance) => !dropped.includes(utterance) || utterance.playing);
    for (const { playing } of dropped) playing?.kill();
  }

  #playNext(): void {
    const [utterance] = this.#utterances;
    if (!utterance) {
      this.#silent.resolve();
      this.#silent = Promise.withResolvers();
      return;
    }
    const playing = startPlaying(this.#setting.player);
    utterance.playing = playing;
    for (const pcm of utterance.frames.splice(0)) playing.write(pcm);
    if (utterance.isWhole) playing.end();
    void playing.over.then((failure) => {
      if (failure !== undefined && !this.#hasFailed) {
        this.#hasFailed = true;
        this.#utterances = [];
        this.#setting.onTrouble(failure);
      } else this.#utterances.shift();
      this.#playNext();
    });
  }
}

function is(turn: string, speech: string): (utterance: Utterance) => boolean {
  return (utterance) => utterance.turn === turn && utterance.speech === speech;
}
