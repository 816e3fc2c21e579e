import type { SpeechKind } from '../contract/items.ts';
import type { Voiced } from '../contract/rounds.ts';
import { BYTES_PER_MS } from '../providers/text-to-speech.ts';
import type { NewEvent } from '../stream/turn-stream.ts';
import { ahead } from './ahead.ts';
import type { Playhead } from './playhead.ts';
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
  readonly playhead: Playhead;
  readonly publish: (event: NewEvent) => void;
  /** Resolves when the speech before this one is over. */
  readonly before: Promise<unknown>;
}

interface Sentence {
  readonly text: string;
  /** On the process clock. */
  readonly startsMs: number;
  durationMs: number;
}

/**
 * One utterance while it is being said. Owns its sentences and their frames on the way to the stream.
 *
 * 1. Text may come while earlier sentences are already heard; `end` says that it is all there.
 * 2. One sentence is made ahead: the next one's synthesis begins when the one before it begins to play. It is published
 *    when that one is about to end, so that `stop` ends the speech with the sentence that is playing.
 * 3. A sentence that cannot be synthesised goes out as text, and so does the rest of the speech.
 * 4. `over` resolves when all was played out, or with what was heard until `cut`. It never rejects; nor does `started`,
 *    which comes with the first frame or text, or with the end of a speech that never had any.
 */
export class LiveSpeech {
  readonly over: Promise<Voiced>;
  readonly started: Promise<void>;
  readonly #setting: SpeechSetting;
  readonly #cutter = new SentenceCutter();
  readonly #feed = new TextFeed();
  readonly #cut = new AbortController();
  readonly #sentences: Sentence[] = [];
  readonly #begun = Promise.withResolvers<void>();
  #text = '';
  #kind: SpeechKind = 'answer';
  #degraded: string | undefined;
  #stopped = false;
  #isOver = false;

  constructor(setting: SpeechSetting) {
    this.#setting = setting;
    this.started = this.#begun.promise;
    this.over = this.#play().finally(() => {
      this.#isOver = true;
      this.#begun.resolve();
    });
  }

  get hasStarted(): boolean {
    return this.#sentences.length > 0 || this.#isOver;
  }

  get text(): string {
    return this.#text;
  }

  /** The sentences that have begun, as they were or will be heard. */
  get said(): Voiced {
    const heardText = this.#sentences.map((sentence) => sentence.text).join(' ');
    return { heardText, durationMs: Math.round(this.#durationMs) };
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

  cut(): void {
    this.#cut.abort();
    this.#feed.close();
  }

  async #play(): Promise<Voiced> {
    try {
      for await (const text of this.#feed) {
        if (this.#cut.signal.aborted || this.#stopped) break;
        await this.#playSentence(text);
      }
      await this.#setting.before;
      if (this.#sentences.length > 0) await this.#reaches(this.#setting.playhead.playsUntilMs);
    } catch (error) {
      if (!this.#cut.signal.aborted) throw error;
    }
    return this.#finish();
  }

  /** Returns when the sentence begins to play. */
  async #playSentence(text: string): Promise<void> {
    const { voice, playhead, before } = this.#setting;
    const spoken = voice && !this.#degraded ? ahead(synthesise(text, voice, this.#cut.signal)) : undefined;
    await before;
    if (this.#sentences.length > 0) await this.#reaches(playhead.playsUntilMs - LEAD_MS);
    this.#cut.signal.throwIfAborted();
    if (this.#stopped) return;
    let sentence: Sentence | undefined;
    try {
      for await (const frame of spoken ?? []) {
        this.#cut.signal.throwIfAborted();
        sentence ??= this.#beginSentence(text);
        this.#publishFrame(frame, sentence);
      }
    } catch (error) {
      this.#cut.signal.throwIfAborted();
      // Whatever it was, it must not silence the turn, nor end the process that others speak in.
      this.#degraded = error instanceof Error ? error.message : String(error);
    }
    sentence ??= this.#beginSentence(text);
    await this.#reaches(sentence.startsMs);
  }

  #beginSentence(text: string): Sentence {
    const { id, playhead, publish } = this.#setting;
    const sentence = { text, startsMs: playhead.add(0), durationMs: 0 };
    const startMs = this.#durationMs;
    if (this.#sentences.length === 0) publish({ type: 'speech.started', speech: id });
    publish({ type: 'speech.sentence', speech: id, index: this.#sentences.length, text, startMs });
    this.#sentences.push(sentence);
    this.#begun.resolve();
    return sentence;
  }

  #publishFrame(pcm: Uint8Array, sentence: Sentence): void {
    const durationMs = pcm.byteLength / BYTES_PER_MS;
    sentence.durationMs += durationMs;
    this.#setting.playhead.add(durationMs);
    const index = this.#sentences.length - 1;
    this.#setting.publish({ type: 'speech.audio', speech: this.#setting.id, index, pcm });
  }

  get #durationMs(): number {
    return this.#sentences.reduce((sum, sentence) => sum + sentence.durationMs, 0);
  }

  async #reaches(atMs: number): Promise<void> {
    await this.#setting.playhead.reaches(atMs, this.#cut.signal);
  }

  #finish(): Voiced {
    const durationMs = Math.round(this.#durationMs);
    const degraded = this.#degraded === undefined ? {} : { degraded: this.#degraded };
    const text = this.#stopped ? this.said.heardText : this.#text.trim();
    const said = { speech: this.#setting.id, kind: this.#kind, text, durationMs };
    if (!this.#cut.signal.aborted) {
      if (this.#sentences.length > 0) this.#setting.publish({ type: 'speech.finished', ...said });
      return { heardText: said.text, durationMs, ...degraded };
    }
    const heard = this.#sentences.filter(({ startsMs, durationMs: ms }) => startsMs + ms <= performance.now());
    const heardText = heard.map((sentence) => sentence.text).join(' ');
    const heardMs = heard.reduce((sum, sentence) => sum + sentence.durationMs, 0);
    if (this.#sentences.length > 0) this.#setting.publish({ type: 'speech.cut', ...said, heardText, heardMs });
    return { heardText, durationMs, interrupted: true, ...degraded };
  }
}
