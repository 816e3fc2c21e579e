import { setTimeout as sleep } from 'node:timers/promises';
import { mark, markFrame } from '../marks.ts';

/** Plays a caller's turns in real time, as Legato's own server assumes of its listeners. */
export class Listener {
  #key = '';
  #hasFrames = false;
  #playsUntilMs = 0;
  #cleared = new AbortController();

  /** A turn begins. */
  expect(key: string): void {
    this.#key = key;
    this.#hasFrames = false;
    this.#cleared = new AbortController();
  }

  get playsUntilMs(): number {
    return this.#playsUntilMs;
  }

  play(durationMs: number): void {
    markFrame(this.#key, !this.#hasFrames);
    this.#hasFrames = true;
    this.#playsUntilMs = Math.max(performance.now(), this.#playsUntilMs) + durationMs;
  }

  /** Resolves when all was played or discarded. */
  async played(): Promise<void> {
    const { signal } = this.#cleared;
    const waitMs = this.#playsUntilMs - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined); // discarded: over as well
  }

  clear(): void {
    mark(this.#key, 'silent');
    this.#playsUntilMs = 0;
    this.#cleared.abort();
  }
}
