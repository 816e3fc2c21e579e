import type { Clock } from '../../time/clock.ts';
import { playedMs, type SpokenSentence } from './heard-words.ts';
import type { Playhead } from './playhead.ts';
import { PlayoutReports, type PlayoutReport } from './playout-reports.ts';

export interface PlayoutSetting {
  readonly clock: Clock;
  readonly playhead: Playhead;
  /** The client reports what it plays. Otherwise the server's clock counts. */
  readonly isReported: boolean;
}

/** How far a listener is with one speech, by the server's clock or by the client's reports. */
export class Playout {
  readonly #setting: PlayoutSetting;
  readonly #reports: PlayoutReports | undefined;

  constructor(setting: PlayoutSetting) {
    this.#setting = setting;
    this.#reports = setting.isReported ? new PlayoutReports(setting.clock) : undefined;
  }

  get isReported(): boolean {
    return this.#reports !== undefined;
  }

  heardMs(sentences: readonly SpokenSentence[]): number {
    return this.#reports?.positionMs ?? playedMs(sentences, this.#setting.clock.nowMs());
  }

  /** Changes nothing where the server's clock counts. `sentMs`: of audio until now; `isWhole`: there is no more to come. */
  report(report: PlayoutReport, sent: { readonly sentMs: number; readonly isWhole: boolean }): void {
    this.#reports?.take(report, sent);
  }

  /** Waits for a sign that playing has begun. False where the client gives none. Rejects with the signal's reason. */
  async begins(startsMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#reports?.started(startsMs, signal) ?? true;
  }

  /** Waits until a speech of this length was played out. False where the client has fallen silent. Rejects with the signal's reason. */
  async ends(sentMs: number, signal: AbortSignal): Promise<boolean> {
    const { playhead } = this.#setting;
    if (this.#reports) return this.#reports.ended(sentMs, playhead.playsUntilMs, signal);
    await playhead.ends(signal);
    return true;
  }
}
