import { BYTES_PER_MS } from '../../contract/audio.ts';
import type { SpeechKind } from '../../contract/items.ts';
import type { Speech, Voiced } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import { ahead } from './ahead.ts';
import type { Clock } from '../../time/clock.ts';
import { addAudio, durationOf, heardText, playedMs, textOf, type SpokenSentence } from './heard-words.ts';
import type { Playhead } from './playhead.ts';
import { PlayoutReports, type PlayoutReport } from './playout-reports.ts';
import type { WordTiming } from '../../providers/text-to-speech.ts';
import { SentenceCutter } from './sentence-cutter.ts';
import { synthesise } from './synthesise.ts';
import type { Voice } from './synthesise.ts';
import { TextFeed } from './text-feed.ts';

/** How long before a sentence has ended the next one is published, so that a listener hears no gap. */
const LEAD_MS = 150;

export interface SpeechSetting {
  readonly id: string;
  /** Undefined where the turn is text only. */
  readonly voice: Voice | undefined;
  readonly clock: Clock;
  readonly playhead: Playhead;
  readonly publish: (event: NewEvent) => void;
  /** Resolves when the speech before this one is over. */
  readonly before: Promise<unknown>;
  /** The client reports what it plays; this is called where it no longer does. */
  readonly onSilent: (() => void) | undefined;
  /** Called in the tick in which it has been played out, and not where it is cut. */
  readonly onPlayed: (voiced: Voiced) => void;
}

/**
 * One utterance while it is being said. Owns its sentences and their frames on the way to the stream.
 *
 * 1. Text may come while earlier sentences are already heard; `end` says that it is all there.
 * 2. One sentence is made ahead: the next one's synthesis begins when the one before it begins to play. It is published
 *    when that one is about to end, so that `stop` ends the speech with the sentence that is playing.
 * 3. A sentence that cannot be synthesised goes out as text, and so does the rest of the speech.
 * 4. After `cut` nothing is published any more, in the same tick.
 * 5. What was heard follows when frames could be played: a voice that stalls is not heard before its frames are there.
 * 6. `over` resolves when all was played out, or with what was heard until `cut`. It never rejects; nor does `started`,
 *    which comes with the first frame or text (with the client's first report, where it reports), or with the end.
 */
export class LiveSpeech {
  readonly over: Promise<Voiced>;
  readonly started: Promise<void>;
  readonly #setting: SpeechSetting;
  readonly #reports: PlayoutReports | undefined;
  readonly #cutter = new SentenceCutter();
  readonly #feed = new TextFeed();
  readonly #cut = new AbortController();
  readonly #sentences: SpokenSentence[] = [];
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<Voiced>();
  #text = '';
  #kind: SpeechKind = 'answer';
  #degraded: string | undefined;
  #stopped = false;
  #isPublished = false;
  #publishedMs = 0;
  #hasStarted = false;
  #voiced: Voiced | undefined;
  #cutMs: number | undefined;

  constructor(setting: SpeechSetting) {
    this.#setting = setting;
    this.#reports = setting.onSilent && setting.voice ? new PlayoutReports(setting.clock) : undefined;
    this.started = this.#begun.promise;
    this.over = this.#ended.promise;
    void this.#play();
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Some of it was published. */
  get hasSounded(): boolean {
    return this.#sentences.length > 0;
  }

  get isOver(): boolean {
    return this.#voiced !== undefined;
  }

  get text(): string {
    return this.#text;
  }

  /** The sentences that have begun, as they were or will be heard; once it is over, as they were. */
  get said(): Speech {
    const text = this.#stopped ? textOf(this.#sentences) : this.#text;
    const voiced = this.#voiced ?? {
      heardText: textOf(this.#sentences),
      durationMs: Math.round(durationOf(this.#sentences)),
    };
    return { speech: this.#setting.id, kind: this.#kind, text, voiced };
  }

  /** What was said of it, with what was heard until now. */
  get heard(): Speech {
    const words = heardText(this.#sentences, this.heardMs);
    const voiced = this.#voiced ?? { heardText: words, durationMs: Math.round(durationOf(this.#sentences)) };
    return { ...this.said, voiced };
  }

  /** What was heard until now, or until it was cut. */
  get heardMs(): number {
    return this.#cutMs ?? this.#reports?.positionMs ?? playedMs(this.#sentences, this.#setting.clock.nowMs());
  }

  say(text: string): void {
    this.#text += text;
    this.#feed.push(this.#cutter.push(text));
  }

  /** Nothing more belongs to the last sentence, even if it has no full stop. */
  flush(): void {
    this.#feed.push(this.#cutter.end());
  }

  end(kind: SpeechKind): void {
    this.#kind = kind;
    this.flush();
    this.#feed.close();
  }

  /** Ends with the sentence that is playing. */
  stop(): void {
    this.#stopped = true;
    this.#feed.close();
    if (this.#sentences.length === 0) this.cut();
  }

  /** The client has played so much. Changes nothing where the server's clock counts, before it begins, or once it is over. */
  report(report: PlayoutReport): void {
    if (this.isOver || this.#sentences.length === 0) return;
    this.#reports?.take(report, { sentMs: durationOf(this.#sentences), isWhole: this.#isPublished });
    this.#start();
  }

  /** Silent at once. `heardMs`: what the client says it has played; else the clock says it. */
  cut(heardMs = this.heardMs): void {
    if (this.isOver) return;
    const reportedMs = this.#reports ? Math.max(heardMs, this.heardMs) : heardMs;
    const heard = Math.min(reportedMs, durationOf(this.#sentences));
    const durationMs = Math.round(durationOf(this.#sentences));
    const voiced = { heardText: heardText(this.#sentences, heard), durationMs, interrupted: true } as const;
    this.#cutMs = heard;
    this.#finish({ ...voiced, ...(heard > 0 && { heardMs: Math.round(heard) }) });
    this.#feed.close();
    // Ending the request to the voice takes its time: what else is aborted in this tick comes first.
    queueMicrotask(() => this.#cut.abort());
    if (this.#sentences.length === 0) return;
    const said = { speech: this.#setting.id, kind: this.#kind, text: this.#text.trim(), durationMs };
    this.#setting.publish({ type: 'speech.cut', ...said, heardText: voiced.heardText, heardMs: Math.round(heard) });
  }

  async #play(): Promise<void> {
    try {
      for await (const text of this.#feed) {
        if (this.isOver || this.#stopped) break;
        await this.#playSentence(text);
      }
      this.#isPublished = true;
      await this.#setting.before;
      await this.#playOut();
    } catch (error) {
      if (!this.isOver) throw error;
    }
    if (this.isOver) return;
    const said = this.#stopped ? textOf(this.#sentences) : this.#text.trim();
    const durationMs = Math.round(durationOf(this.#sentences));
    this.#setting.onPlayed(this.#finish({ heardText: said, durationMs }));
    if (this.#sentences.length === 0) return;
    const speech = { speech: this.#setting.id, kind: this.#kind, text: said, durationMs };
    this.#setting.publish({ type: 'speech.finished', ...speech });
  }

  /** Returns when the sentence begins to play. */
  async #playSentence(text: string): Promise<void> {
    const { voice, clock, playhead, before } = this.#setting;
    const signal = this.#cut.signal;
    const spoken = voice && !this.#degraded ? ahead(synthesise(text, { ...voice, clock, signal })) : undefined;
    await before;
    if (this.#sentences.length > 0) await playhead.reaches(playhead.playsUntilMs - LEAD_MS, signal);
    this.#throwIfOver();
    if (this.#stopped) return;
    const sentence = await this.#publishSentence(text, spoken);
    // A client reports what it plays, which words without audio are not.
    if (this.#publishedMs === 0) this.#start();
    await playhead.reaches(sentence.stretches[0]?.startsMs ?? playhead.playsUntilMs, signal);
  }

  /** It begins with its first frame, or as text where there is none. */
  async #publishSentence(
    text: string,
    spoken: AsyncIterable<Uint8Array | WordTiming> | undefined,
  ): Promise<SpokenSentence> {
    const timings: WordTiming[] = [];
    let sentence: SpokenSentence | undefined;
    try {
      for await (const piece of spoken ?? []) {
        this.#throwIfOver();
        if (piece instanceof Uint8Array) this.#publishFrame(piece, (sentence ??= this.#beginSentence(text, timings)));
        else timings.push(piece);
      }
    } catch (error) {
      this.#throwIfOver();
      // Whatever it was, it must not silence the turn, nor end the process that others speak in.
      this.#degraded = error instanceof Error ? error.message : String(error);
    }
    sentence ??= this.#beginSentence(text, timings);
    sentence.isWhole = true;
    return sentence;
  }

  #beginSentence(text: string, timings: WordTiming[]): SpokenSentence {
    const { id, publish } = this.#setting;
    const sentence = { text, stretches: [], durationMs: 0, isWhole: false, timings };
    const startMs = this.#publishedMs;
    this.#sentences.push(sentence);
    if (this.#sentences.length === 1) publish({ type: 'speech.started', speech: id });
    this.#throwIfOver();
    publish({ type: 'speech.sentence', speech: id, index: this.#sentences.length - 1, text, startMs });
    if (!this.#reports) this.#start();
    return sentence;
  }

  #publishFrame(pcm: Uint8Array, sentence: SpokenSentence): void {
    this.#throwIfOver();
    const durationMs = pcm.byteLength / BYTES_PER_MS;
    const isFirst = this.#publishedMs === 0;
    const startsMs = this.#setting.playhead.add(durationMs);
    this.#publishedMs += durationMs;
    addAudio(sentence, durationMs, startsMs);
    if (isFirst && this.#reports) void this.#expectReport(this.#reports, startsMs);
    const index = this.#sentences.length - 1;
    this.#setting.publish({ type: 'speech.audio', speech: this.#setting.id, index, pcm });
  }

  async #expectReport(reports: PlayoutReports, startsMs: number): Promise<void> {
    const isThere = await reports.started(startsMs, this.#cut.signal).catch(() => true); // cut: nothing is expected
    if (!isThere) this.#giveUpClient();
  }

  #giveUpClient(): void {
    this.#setting.onSilent?.();
    this.cut();
  }

  async #playOut(): Promise<void> {
    const { playhead } = this.#setting;
    const sentMs = durationOf(this.#sentences);
    // Text is there as soon as it is sent.
    if (sentMs === 0) return;
    if (!this.#reports) return playhead.ends(this.#cut.signal);
    const isPlayed = await this.#reports.ended(sentMs, playhead.playsUntilMs, this.#cut.signal);
    if (!isPlayed) this.#giveUpClient();
  }

  #throwIfOver(): void {
    if (this.isOver) throw new Error('The speech is over');
  }

  #start(): void {
    this.#hasStarted = true;
    this.#begun.resolve();
  }

  #finish(voiced: Voiced): Voiced {
    // One speech plays at a time: what was published is this one's.
    if (this.hasSounded) this.#setting.playhead.stop();
    this.#voiced = { ...voiced, ...(this.#degraded !== undefined && { degraded: this.#degraded }) };
    this.#start();
    this.#ended.resolve(this.#voiced);
    return this.#voiced;
  }
}
