import type { ReportPlayout, ServedEvent } from 'legato/client';

/** 24 kHz, 16 bit, mono, in base64. */
const CHARACTERS_PER_MS = (48 * 4) / 3;

export const audioMs = (event: ServedEvent): number =>
  event.type === 'speech.audio' ? event.pcm.replace(/=+$/, '').length / CHARACTERS_PER_MS : 0;

interface Playing {
  readonly speech: string;
  receivedMs: number;
  positionMs: number;
  isOver: boolean;
}

/** A device that plays what it gets, in real time and one speech after the other, and reports it. */
export class DevicePlayer {
  readonly #speeches: Playing[] = [];
  #playedAtMs: number | undefined;

  hear(event: ServedEvent, ms: number): void {
    if (event.type === 'speech.audio') this.#of(event.speech).receivedMs += ms;
    if (event.type === 'speech.cut' || event.type === 'speech.finished') this.#of(event.speech).isOver = true;
    if (event.type === 'turn.interrupted') for (const one of this.#speeches) one.isOver = true;
  }

  /** What it reports now, if it plays something. */
  report(nowMs: number): ReportPlayout | undefined {
    const passedMs = nowMs - (this.#playedAtMs ?? nowMs);
    this.#playedAtMs = nowMs;
    const playing = this.#speeches.find(({ isOver }) => !isOver);
    if (!playing || playing.receivedMs === 0) return undefined;
    const isFirst = playing.positionMs === 0 && passedMs === 0;
    playing.positionMs = Math.min(playing.positionMs + passedMs, playing.receivedMs);
    const { speech, positionMs } = playing;
    return { speech, positionMs, state: isFirst ? 'started' : 'playing' };
  }

  #of(speech: string): Playing {
    const known = this.#speeches.find((one) => one.speech === speech);
    if (known) return known;
    const playing = { speech, receivedMs: 0, positionMs: 0, isOver: false };
    this.#speeches.push(playing);
    return playing;
  }
}
