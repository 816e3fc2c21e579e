import type { Speech, Voiced } from '../../contract/rounds.ts';
import type { VoiceInput } from '../../contract/steps.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { FIRST_BESIDE_CALLS, speechId } from '../../turn/steps.ts';
import type { Clock } from '../../time/clock.ts';
import { LiveSpeech, type SpeechSetting } from './live-speech.ts';
import { Playhead } from './playhead.ts';
import type { SpeechSource } from './speech-source.ts';
import type { Voice } from './synthesise.ts';
import { TextSpeech } from './text-speech.ts';

export interface VoiceQueueSetting {
  /** Without a voice, speech goes out as text. */
  readonly voice: Voice | undefined;
  /** Of what is said, as a BCP 47 tag. Default `en`. */
  readonly language?: string | undefined;
  readonly clock: Clock;
  /** Nothing is published before it. */
  readonly opens: Promise<unknown>;
  /** Set where the client reports what it plays; called where it no longer does. */
  readonly onSilent?: () => void;
  readonly onPlayed: (speech: string, voiced: Voiced) => void;
}

export interface Aside {
  readonly round: number;
  /** The first place that it may take. Default: of those that are said while calls are open. */
  readonly from?: number;
}

export interface LiveAside {
  readonly id: string;
  readonly speech: TextSpeech;
}

/** What the client says that it has played of the speech that is cut. */
export interface HeardUntil {
  readonly speech: string;
  readonly heardMs: number;
}

type PlaceInQueue = Pick<SpeechSetting, 'id' | 'clock' | 'playhead' | 'before' | 'onSilent' | 'onPlayed'>;

/** What a voice step says that is to be said: what a claim of it has to equal (I3). */
export type VoiceContent = Pick<VoiceInput, 'speech' | 'kind' | 'text'>;

export function voiceContent({ speech, kind, text }: VoiceContent): VoiceContent {
  return { speech, kind, text };
}

export interface Speaking {
  readonly publish: (event: NewEvent) => void;
  /** Its abort cuts the speech. */
  readonly signal: AbortSignal;
}

/**
 * The one voice of a turn: its speeches are said one after the other, in the order in which they were begun. Never two
 * at once.
 */
export class VoiceQueue {
  readonly #setting: VoiceQueueSetting;
  readonly #playhead: Playhead;
  readonly #speeches = new Map<string, LiveSpeech>();
  #last: Promise<unknown>;
  #open = 0;
  #quietSinceMs = -Infinity;
  readonly #taken = new Set<string>();
  #closed = false;

  constructor(setting: VoiceQueueSetting) {
    this.#setting = setting;
    this.#playhead = new Playhead(setting.clock);
    this.#last = setting.opens;
  }

  get isSpeaking(): boolean {
    return this.#open > 0;
  }

  /** When the last speech that was said was over, on the process clock. */
  get quietSinceMs(): number {
    return this.#quietSinceMs;
  }

  /** Resolves when what has been begun until now is over. */
  get quiet(): Promise<unknown> {
    return this.#last;
  }

  /** The speech that is being said: of those that are not over, the first. */
  get current(): string | undefined {
    return [...this.#speeches].find(([, speech]) => !speech.isOver)?.[0];
  }

  /** All that was begun, with what was heard of it until now. */
  get said(): readonly Speech[] {
    return [...this.#speeches.values()].map((speech) => speech.heard).filter(({ text }) => text.trim() !== '');
  }

  /** Begins a speech of text, or does it again if it was begun before. */
  begin(id: string, publish: (event: NewEvent) => void): TextSpeech {
    const { voice, language } = this.#setting;
    return this.#add(id, (setting) => new TextSpeech({ ...setting, publish }, { voice, language }));
  }

  /** Plays what a source says, as `begin` does with text. */
  play(id: string, source: SpeechSource, publish: (event: NewEvent) => void): LiveSpeech {
    const isAudible = this.#setting.voice !== undefined;
    return this.#add(id, (setting) => new LiveSpeech({ ...setting, source, isAudible, publish }));
  }

  #add<T extends LiveSpeech>(id: string, create: (setting: PlaceInQueue) => T): T {
    this.#speeches.get(id)?.cut();
    const { clock, onSilent } = this.#setting;
    const onPlayed = (voiced: Voiced): void => this.#setting.onPlayed(id, voiced);
    const before = this.#last;
    const speech = create({ id, clock, playhead: this.#playhead, before, onSilent, onPlayed });
    this.#speeches.set(id, speech);
    this.#taken.add(id);
    this.#open += 1;
    const over = speech.over.then(() => {
      this.#open -= 1;
      if (speech.hasSounded) this.#quietSinceMs = clock.nowMs();
    });
    // A speech may be cut before those ahead of it have ended, so the next one waits for both.
    this.#last = Promise.all([before, over]);
    if (this.#closed) speech.cut();
    return speech;
  }

  /** Begins a speech beside the round's own words, under the next free place of the round. */
  beginAside({ round, from = FIRST_BESIDE_CALLS }: Aside, publish: (event: NewEvent) => void): LiveAside {
    let place = from;
    while (this.#taken.has(speechId(round, place))) place += 1;
    const id = speechId(round, place);
    return { id, speech: this.begin(id, publish) };
  }

  get(id: string): LiveSpeech | undefined {
    return this.#speeches.get(id);
  }

  /** Sees a speech to its end: the one that a model call has begun, if it says these words (I3), or a new one. */
  async speak({ speech: id, kind, text }: VoiceContent, { publish, signal }: Speaking): Promise<Voiced> {
    let speech = this.#speeches.get(id);
    if (speech?.text !== text) {
      const again = this.begin(id, publish);
      again.say(text);
      speech = again;
    }
    speech.end(kind);
    const cut = (): void => speech.cut();
    signal.addEventListener('abort', cut, { once: true });
    try {
      return await speech.over;
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }

  /** Ids of speeches that were said elsewhere. */
  reserve(ids: readonly string[]): void {
    for (const id of ids) this.#taken.add(id);
  }

  /** What is said is cut, in this tick. */
  cutAll(until?: HeardUntil): void {
    for (const [id, speech] of this.#speeches) speech.cut(id === until?.speech ? until.heardMs : undefined);
  }

  /** The turn is over: what is said is cut, and nothing is said any more. */
  close(): void {
    this.#closed = true;
    this.cutAll();
  }
}
