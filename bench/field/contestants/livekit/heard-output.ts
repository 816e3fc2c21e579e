import { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { Listener } from '../listener.ts';

const SAMPLE_RATE_HZ = 24_000;

/** Takes LiveKit's frames instead of a room: a listener plays them in real time. */
export class HeardOutput extends voice.AudioOutput {
  readonly #listener: Listener;
  #startedMs: number | undefined;

  constructor(listener: Listener) {
    super(SAMPLE_RATE_HZ);
    this.#listener = listener;
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    this.#listener.play((frame.samplesPerChannel / frame.sampleRate) * 1_000);
    await super.captureFrame(frame);
    if (this.#startedMs !== undefined) return;
    this.#startedMs = performance.now();
    this.onPlaybackStarted(Date.now());
  }

  override flush(): void {
    super.flush();
    if (this.#startedMs === undefined) return;
    void this.#listener.played().then(() => this.#finish(false));
  }

  override clearBuffer(): void {
    super.flush();
    this.#listener.clear();
    this.#finish(true);
  }

  #finish(interrupted: boolean): void {
    if (this.#startedMs === undefined) return;
    const playbackPosition = (performance.now() - this.#startedMs) / 1_000;
    this.#startedMs = undefined;
    this.onPlaybackFinished({ playbackPosition, interrupted });
  }
}
