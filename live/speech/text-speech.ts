import type { SpeechKind } from '../../contract/items.ts';
import { LiveSpeech, type SpeechSetting } from './live-speech.ts';
import { TextSource, type TextSourceSetting } from './text-source.ts';

/** A speech whose text comes piece by piece, also while earlier sentences are already heard; `end` says that it is all there. */
export class TextSpeech extends LiveSpeech {
  readonly #source: TextSource;

  constructor(setting: Omit<SpeechSetting, 'source' | 'isAudible'>, spoken: Omit<TextSourceSetting, 'clock'>) {
    const source = new TextSource({ ...spoken, clock: setting.clock });
    super({ ...setting, source, isAudible: spoken.voice !== undefined });
    this.#source = source;
  }

  say(text: string): void {
    this.#source.say(text);
  }

  /** Nothing more belongs to the last sentence, even if it has no full stop. */
  flush(): void {
    this.#source.flush();
  }

  override end(kind: SpeechKind): void {
    super.end(kind);
    this.#source.end();
  }
}
