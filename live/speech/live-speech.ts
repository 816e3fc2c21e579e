import type { SpeechKind } from '../../contract/items.ts';
import type { Speech, Voiced } from '../../contract/rounds.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { Clock } from '../../time/clock.ts';
import { Feed, readAhead } from './feed.ts';
import type { Playhead } from './playhead.ts';
import { Playout } from './playout.ts';
import type { PlayoutReport } from './playout-reports.ts';
import { PublishedSentences } from './published-sentences.ts';
import { SentenceSplitter } from './sentence-splitter.ts';
import { synthesise } from './synthesise.ts';
import type { Voice } from './synthesise.ts';

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
 * One utterance while it is being said: when its sentences are made and published, and when it is over.
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
  readonly #published: PublishedSentences;
  readonly #playout: Playout;
  readonly #splitter = new SentenceSplitter();
  readonly #feed = new Feed<string>();
  readonly #cut = new AbortController();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<Voiced>();
  #text = '';
  #kind: SpeechKind = 'answer';
  #stopped = false;
  #isPublished = false;
  #hasStarted = false;
  #voiced: Voiced | undefined;
  #cutMs: number | undefined;

  constructor(setting: SpeechSetting) {
    const { id, voice, clock, playhead, publish, onSilent } = setting;
    this.#setting = setting;
    this.#playout = new Playout({ clock, playhead, isReported: onSilent !== undefined && voice !== undefined });
    this.#published = new PublishedSentences({
      ...{ id, playhead, publish },
      checkOpen: () => this.#checkOpen(),
      onSentence: () => {
        if (!this.#playout.isReported) this.#start();
      },
      onFirstAudio: (startsMs) => void this.#expectPlaying(startsMs),
    });
    this.started = this.#begun.promise;
    this.over = this.#ended.promise;
    void this.#play();
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
    return this.#text;
  }

  /** The sentences that have begun, as they were or will be heard; once it is over, as they were. */
  get said(): Speech {
    const text = this.#stopped ? this.#published.text : this.#text;
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

  say(text: string): void {
    this.#text += text;
    this.#feed.push(this.#splitter.push(text));
  }

  /** Nothing more belongs to the last sentence, even if it has no full stop. */
  flush(): void {
    this.#feed.push(this.#splitter.end());
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
    if (!this.hasSounded) this.cut();
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
    this.#feed.close();
    // Ending the request to the voice takes its time: what else is aborted in this tick comes first.
    queueMicrotask(() => this.#cut.abort());
    if (!this.hasSounded) return;
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
    const said = this.#stopped ? this.#published.text : this.#text.trim();
    const durationMs = Math.round(this.#published.durationMs);
    this.#setting.onPlayed(this.#finish({ heardText: said, durationMs }));
    if (!this.hasSounded) return;
    const speech = { speech: this.#setting.id, kind: this.#kind, text: said, durationMs };
    this.#setting.publish({ type: 'speech.finished', ...speech });
  }

  /** Returns when the sentence begins to play. */
  async #playSentence(text: string): Promise<void> {
    const { voice, clock, playhead, before } = this.#setting;
    const signal = this.#cut.signal;
    const isSpoken = voice !== undefined && this.#published.degraded === undefined;
    const audio = isSpoken ? readAhead(synthesise(text, { ...voice, clock, signal })) : undefined;
    await before;
    if (this.hasSounded) await playhead.reaches(playhead.playsUntilMs - LEAD_MS, signal);
    this.#checkOpen();
    if (this.#stopped) return;
    const sentence = await this.#published.publish(text, audio);
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
    this.#ended.resolve(this.#voiced);
    return this.#voiced;
  }
}
