import type { Speech, Voiced } from '../../contract/rounds.ts';
import type { BegunSpeech, VoiceInput } from '../../contract/steps.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { FIRST_BESIDE_CALLS, roundOf, speechId } from '../../turn/steps.ts';
import type { Clock } from '../../time/clock.ts';
import { EarlierSpeech } from './earlier-speech.ts';
import { LiveSpeech, type SpeechSetting } from './live-speech.ts';
import { Playhead } from './playhead.ts';
import type { PlayoutReport } from './playout-reports.ts';
import type { SpeechSource } from './speech-source.ts';
import type { Voice } from './synthesise.ts';
import { TextSpeech } from './text-speech.ts';
import { type HeardUntil, TurnSpeeches } from './turn-speeches.ts';

export interface VoiceQueueSetting {
  /** Without a voice, speech goes out as text. */
  readonly voice: Voice | undefined;
  /** Of what is said, as a BCP 47 tag. Default `en`. */
  readonly language?: string | undefined;
  readonly clock: Clock;
  /** Nothing is published before it. */
  readonly opens: Promise<unknown>;
  /** Asked before each frame and sentence. What it returns is waited for, until it returns nothing. */
  readonly doubted?: () => Promise<void> | undefined;
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

type PlaceInQueue = Omit<SpeechSetting, 'source' | 'isAudible' | 'publish'>;

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
 *
 * Of a speech that an earlier home has begun the rest is said, under another id, as what was sent of it is over. Here and for the
 * record it keeps its own id, and is one with what was said before (`EarlierSpeech`).
 */
export class VoiceQueue {
  readonly #setting: VoiceQueueSetting;
  readonly #playhead: Playhead;
  readonly #speeches = new TurnSpeeches();
  #last: Promise<unknown>;
  #open = 0;
  #quietSinceMs = -Infinity;
  readonly #taken = new Set<string>();
  #closed = false;
  #rests = false;
  readonly #listeners = new Set<() => void>();

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

  /** The speech that is being said, as readers know it. */
  get current(): string | undefined {
    return this.#speeches.current?.id;
  }

  /** As in `TurnSpeeches`. */
  isHeard(speech: string): boolean {
    return this.#speeches.isHeard(speech);
  }

  /** All that was begun, with what was heard of it until now. */
  get said(): readonly Speech[] {
    return this.#speeches.said;
  }

  /** The latest speeches, for a home that may have to go on with them. */
  get begun(): readonly BegunSpeech[] {
    return this.#speeches.begun;
  }

  /** An earlier home has begun a speech, which is not over: what it has sent of it is heard to its end, and no more comes. */
  goOnFrom(begun: BegunSpeech, publish: (event: NewEvent) => void): void {
    const earlier = new EarlierSpeech(begun, this.#setting.onSilent !== undefined && this.#setting.voice !== undefined);
    this.reserve([earlier.speech, earlier.streamed]);
    this.#speeches.goOnFrom(earlier);
    if (begun.sentences.length > 0) publish(earlier.cutEvent);
  }

  /** What an earlier home has said of a speech, and what is not said again. */
  saidBefore(id: string): string {
    return this.#speeches.earlier(id)?.wholeText ?? '';
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
    const { clock, doubted, onSilent } = this.#setting;
    const onPlayed = (voiced: Voiced): void => this.#setting.onPlayed(id, this.#speeches.voiced(id, voiced));
    const before = this.#last;
    const streamed = this.#speeches.earlier(id) ? this.#freePlace(roundOf(id), FIRST_BESIDE_CALLS) : id;
    const queued = { clock, playhead: this.#playhead, before, doubted, onSilent };
    const speech = create({ ...queued, id: streamed, onPlayed, onSaid: this.#tell });
    this.#speeches.set(id, speech);
    this.reserve([id, streamed]);
    this.#open += 1;
    const over = speech.over.then(() => {
      this.#open -= 1;
      if (speech.hasSounded) this.#quietSinceMs = clock.nowMs();
    });
    // A speech may be cut before those ahead of it have ended, so the next one waits for both.
    this.#last = Promise.all([before, over]);
    if (this.#rests) void speech.rest();
    if (this.#closed) speech.cut();
    return speech;
  }

  /** Begins a speech beside the round's own words, under the next free place of the round. */
  beginAside({ round, from = FIRST_BESIDE_CALLS }: Aside, publish: (event: NewEvent) => void): LiveAside {
    const id = this.#freePlace(round, from);
    return { id, speech: this.begin(id, publish) };
  }

  #freePlace(round: number, from: number): string {
    let place = from;
    while (this.#taken.has(speechId(round, place))) place += 1;
    return speechId(round, place);
  }

  /** By its own id. */
  get(id: string): LiveSpeech | undefined {
    return this.#speeches.get(id);
  }

  /** Whether readers know a speech of this id. */
  knows(streamed: string): boolean {
    return this.#speeches.known(streamed) !== undefined;
  }

  /** How much was heard of the speech that readers know under this id. */
  heardMs(streamed: string): number {
    return this.#speeches.known(streamed)?.heardMs ?? 0;
  }

  /** Sees a speech to its end: the one that a model call has begun, if it says these words (I3), or a new one. */
  async speak({ speech: id, kind, text }: VoiceContent, { publish, signal }: Speaking): Promise<Voiced> {
    const known = this.#speeches.textOf(id) === text ? this.#speeches.get(id) : undefined;
    const speech = known ?? this.#sayRest(id, text, publish);
    speech.end(kind);
    const cut = (): void => speech.cut();
    signal.addEventListener('abort', cut, { once: true });
    try {
      return this.#speeches.voiced(id, await speech.over);
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }

  #sayRest(id: string, text: string, publish: (event: NewEvent) => void): TextSpeech {
    const rest = this.#speeches.takeRest(id, text);
    const speech = this.begin(id, publish);
    speech.say(rest);
    return speech;
  }

  /** The client has played so much of a speech: how much of it counts as heard now. Undefined where there is no such speech. */
  report(streamed: string, report: PlayoutReport): number | undefined {
    const speech = this.#speeches.known(streamed);
    speech?.report(report);
    return speech?.heardMs;
  }

  /** Told whenever `begun` has changed, until it is disposed of. */
  listen(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  readonly #tell = (): void => {
    for (const listener of this.#listeners) listener();
  };

  /** Ids of speeches that were said elsewhere. */
  reserve(ids: readonly string[]): void {
    for (const id of ids) this.#taken.add(id);
  }

  /** What is said is cut, in this tick. */
  cutAll(until?: HeardUntil): void {
    this.#speeches.cut(until);
  }

  /** Begins no further sentence. Resolves when the one that is being said was played out. */
  async rest(): Promise<void> {
    this.#rests = true;
    await Promise.all([...this.#speeches].map((speech) => speech.rest()));
  }

  /** The turn is over: what is said is cut, and nothing is said any more. */
  close(): void {
    this.#closed = true;
    this.cutAll();
  }
}
