import type { SpeechKind } from '../../contract/items.ts';
import type { Speech, Voiced } from '../../contract/rounds.ts';
import type { BegunSpeech } from '../../contract/steps.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { Clock } from '../../time/clock.ts';
import { toAccount } from './heard-words.ts';
import type { Playhead } from './playhead.ts';
import { Playout } from './playout.ts';
import type { PlayoutReport } from './playout-reports.ts';
import { PublishedSentences } from './published-sentences.ts';
import type { SpeechSentence, SpeechSource } from './speech-source.ts';

/** How long before a sentence has ended the next one is published, so that a listener hears no gap. */
const LEAD_MS = 150;

export interface SpeechSetting {
  readonly id: string;
  readonly source: SpeechSource;
  /** False where the turn is text only: then audio is left out. */
  readonly isAudible: boolean;
  readonly clock: Clock;
  readonly playhead: Playhead;
  readonly publish: (event: NewEvent) => void;
  /** Resolves when the speech before this one is over. */
  readonly before: Promise<unknown>;
  /** The client reports what it plays; this is called where it no longer does. */
  readonly onSilent: (() => void) | undefined;
  /** As in `VoiceQueueSetting`. */
  readonly doubted?: (() => Promise<void> | undefined) | undefined;
  /** More of it was published, or it is over. */
  readonly onSaid?: () => void;
  /** Called in the tick in which it has been played out, and not where it is cut. */
  readonly onPlayed: (voiced: Voiced) => void;
}

/**
 * One utterance while it is being said: when the sentences of its source are asked for and published, and when it is over.
 *
 * 1. The next sentence is asked for when the one before it is all there and begins to play, so one is made ahead. It is
 *    published when that one is about to end, so that `stop` ends the speech with the sentence that is playing.
 * 2. It is not over before `end` has said of what kind it is, however early its source has nothing more.
 * 3. A sentence whose audio fails goes out as text, of which only what was voiced counts as heard. Whether the next one is
 *    voiced its source decides.
 * 4. After `cut` nothing is published any more, in the same tick.
 * 5. What was heard follows when frames could be played: a voice that stalls is not heard before its frames are there.
 * 6. `over` resolves when all was played out, or with what was heard until `cut`. It never rejects; nor does `started`,
 *    which comes with the first frame or text (with the client's first report, where it reports), or with the end.
 */
export class LiveSpeech {
  readonly over: Promise<Voiced>;
  readonly started: Promise<void>;
  readonly #setting: SpeechSetting;
  readonly #published: PublishedSentences;
  readonly #playout: Playout;
  readonly #cut = new AbortController();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<Voiced>();
  readonly #complete = Promise.withResolvers<void>();
  #kind: SpeechKind = 'answer';
  #stopped = false;
  #rests = false;
  #publishing: Promise<unknown> = Promise.resolve();
  #isPublished = false;
  #hasStarted = false;
  #voiced: Voiced | undefined;
  #cutMs: number | undefined;

  constructor(setting: SpeechSetting) {
    const { id, clock, playhead, publish, onSilent, isAudible } = setting;
    this.#setting = setting;
    this.#playout = new Playout({ clock, playhead, isReported: onSilent !== undefined && isAudible });
    this.#published = new PublishedSentences({
      ...{ id, playhead, publish },
      checkOpen: () => this.#checkOpen(),
      doubted: setting.doubted,
      onSentence: () => {
        if (!this.#playout.isReported) this.#start();
        setting.onSaid?.();
      },
      onFirstAudio: (startsMs) => void this.#expectPlaying(startsMs),
    });
    this.started = this.#begun.promise;
    this.over = this.#ended.promise;
    void this.#play();
  }

  /** As readers know it. */
  get id(): string {
    return this.#setting.id;
  }

  /** For a home that may have to go on with it. */
  get begun(): BegunSpeech {
    return {
      ...{ speech: this.id, kind: this.#kind, sentences: toAccount(this.#published.all) },
      ...(this.#playout.isReported && { heardMs: Math.round(this.heardMs) }),
      ...(this.#voiced && { voiced: this.#voiced }),
    };
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Some of it was published. */
  get hasSounded(): boolean {
    return !this.#published.isEmpty;
  }

  get isOver(): boolean {
    return this.#voiced !== undefined;
  }

  get text(): string {
    return this.#setting.source.text;
  }

  /** The sentences that have begun, as they were or will be heard; once it is over, as they were. */
  get said(): Speech {
    const text = this.#stopped ? this.#published.text : this.text;
    return this.#toSpeech(text, this.#published.text);
  }

  /** What was said of it, with what was heard until now. */
  get heard(): Speech {
    return this.#toSpeech(this.said.text, this.#published.heardText(this.heardMs));
  }

  /** What was heard until now, or until it was cut. */
  get heardMs(): number {
    return this.#cutMs ?? this.#playout.heardMs(this.#published.all);
  }

  /** All that it says has been given to its source. */
  end(kind: SpeechKind): void {
    this.#kind = kind;
    this.#complete.resolve();
  }

  /** Ends with the sentence that is playing. */
  stop(): void {
    this.#stopped = true;
    this.#setting.source.close();
    this.#complete.resolve();
    if (!this.hasSounded) this.cut();
  }

  /**
   * Begins no further sentence. Resolves when the one that is being said was played out, or the speech is over. It is not over by
   * this: another process says the rest.
   */
  async rest(): Promise<void> {
    this.#rests = true;
    await Promise.race([this.over, this.#whenPlayed()]);
  }

  async #whenPlayed(): Promise<void> {
    await this.#publishing;
    if (!this.hasSounded || this.isOver) return;
    await this.#setting.playhead.ends(this.#cut.signal).catch(() => undefined); // cut: `over` tells it
  }

  /** The client has played so much. Changes nothing where the server's clock counts, before it begins, or once it is over. */
  report(report: PlayoutReport): void {
    if (this.isOver || !this.hasSounded) return;
    this.#playout.report(report, { sentMs: this.#published.durationMs, isWhole: this.#isPublished });
    this.#start();
  }

  /** Silent at once. `heardMs`: what the client says it has played; else the clock says it. */
  cut(heardMs = this.heardMs): void {
    if (this.isOver) return;
    const playedMs = this.#playout.isReported ? Math.max(heardMs, this.heardMs) : heardMs;
    const heard = Math.min(playedMs, this.#published.durationMs);
    const durationMs = Math.round(this.#published.durationMs);
    const voiced = { heardText: this.#published.heardText(heard), durationMs, interrupted: true } as const;
    this.#cutMs = heard;
    this.#finish({ ...voiced, ...(heard > 0 && { heardMs: Math.round(heard) }) });
    this.#setting.source.close();
    this.#complete.resolve();
    // Ending the request to the voice takes its time: what else is aborted in this tick comes first.
    queueMicrotask(() => this.#cut.abort());
    if (!this.hasSounded) return;
    const said = { speech: this.#setting.id, kind: this.#kind, text: this.text.trim(), durationMs };
    this.#setting.publish({ type: 'speech.cut', ...said, heardText: voiced.heardText, heardMs: Math.round(heard) });
  }

  async #play(): Promise<void> {
    try {
      for await (const sentence of this.#setting.source.sentences(this.#cut.signal)) {
        if (this.isOver || this.#stopped) break;
        await this.#playSentence(sentence);
      }
      await this.#complete.promise;
      this.#isPublished = true;
      await this.#setting.before;
      await this.#playOut();
    } catch (error) {
      if (!this.isOver) throw error;
    }
    if (this.isOver) return;
    const said = this.#stopped ? this.#published.text : this.text.trim();
    const durationMs = Math.round(this.#published.durationMs);
    const isWhole = this.#published.degraded === undefined;
    const heardText = isWhole ? said : this.#published.heardText(this.#published.durationMs);
    this.#setting.onPlayed(this.#finish({ heardText, durationMs }));
    if (!this.hasSounded) return;
    const speech = { speech: this.#setting.id, kind: this.#kind, text: said, durationMs };
    this.#setting.publish({ type: 'speech.finished', ...speech });
  }

  /** Returns when the sentence begins to play. */
  async #playSentence({ text, audio }: SpeechSentence): Promise<void> {
    const { playhead, before, isAudible } = this.#setting;
    const signal = this.#cut.signal;
    await before;
    if (this.hasSounded) await playhead.reaches(playhead.playsUntilMs - LEAD_MS, signal);
    this.#checkOpen();
    if (this.#stopped) return;
    if (this.#rests) await this.over;
    this.#checkOpen();
    const publishing = this.#published.publish(text, isAudible ? audio : undefined);
    this.#publishing = publishing.catch(() => undefined); // `#play` gets it
    const sentence = await publishing;
    this.#setting.onSaid?.();
    // A client reports what it plays, which words without audio are not.
    if (!this.#published.hasAudio) this.#start();
    await playhead.reaches(sentence.stretches[0]?.startsMs ?? playhead.playsUntilMs, signal);
  }

  async #expectPlaying(startsMs: number): Promise<void> {
    const hasBegun = await this.#playout.begins(startsMs, this.#cut.signal).catch(() => true); // cut: nothing is expected
    if (!hasBegun) this.#giveUpClient();
  }

  async #playOut(): Promise<void> {
    const sentMs = this.#published.durationMs;
    // Text is there as soon as it is sent.
    if (sentMs === 0) return;
    const isPlayed = await this.#playout.ends(sentMs, this.#cut.signal);
    if (!isPlayed) this.#giveUpClient();
  }

  #giveUpClient(): void {
    this.#setting.onSilent?.();
    this.cut();
  }

  #toSpeech(text: string, heardText: string): Speech {
    const voiced = this.#voiced ?? { heardText, durationMs: Math.round(this.#published.durationMs) };
    return { speech: this.#setting.id, kind: this.#kind, text, voiced };
  }

  #checkOpen(): void {
    if (this.isOver) throw new Error('The speech is over');
  }

  #start(): void {
    this.#hasStarted = true;
    this.#begun.resolve();
  }

  #finish(voiced: Voiced): Voiced {
    const { degraded } = this.#published;
    // One speech plays at a time: what was published is this one's.
    if (this.hasSounded) this.#setting.playhead.stop();
    this.#voiced = { ...voiced, ...(degraded !== undefined && { degraded }) };
    this.#start();
    this.#setting.onSaid?.();
    this.#ended.resolve(this.#voiced);
    return this.#voiced;
  }
}
