import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { processClock, type Clock } from '../../time/clock.ts';
import { afterSilence } from '../../time/silence.ts';

export interface Pace {
  /** A reader that takes nothing for this long while something waits for it is dropped. */
  readonly stallMs: number;
  /** How often a silent stream of events shows that it is alive. */
  readonly heartbeatMs: number;
}

export const DEFAULT_PACE: Pace = { stallMs: 30_000, heartbeatMs: 15_000 };

/** The reader did not read. Its stream was ended; the turn goes on. */
export class ReaderStalled extends Error {
  override readonly name = 'ReaderStalled';
}

/**
 * Writes a response no faster than its reader takes it.
 *
 * 1. At most one chunk is held beyond what the socket buffers: the next one waits, and so does its producer.
 * 2. `signal` is aborted when the reader has left, was dropped, or the server ends its streams; then `write` does nothing.
 */
export class PacedWriter {
  readonly #response: ServerResponse;
  readonly #stallMs: number;
  readonly #clock: Clock;
  readonly #ended = new AbortController();

  constructor(response: ServerResponse, { stallMs, clock = processClock }: Pick<Pace, 'stallMs'> & { clock?: Clock }) {
    this.#response = response;
    this.#stallMs = stallMs;
    this.#clock = clock;
    response.once('close', () => this.end(new Error('The reader has left')));
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  end(reason: Error): void {
    if (!this.signal.aborted) this.#ended.abort(reason);
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.#response.writableNeedDrain) await this.#drained();
    if (!this.signal.aborted) this.#response.write(chunk);
  }

  /** Writes unless something waits already: for what is only a sign of life. */
  offer(chunk: string): void {
    if (!this.signal.aborted && !this.#response.writableNeedDrain) this.#response.write(chunk);
  }

  async #drained(): Promise<void> {
    const stopWaiting = afterSilence(this.#clock, this.#stallMs, () => {
      this.end(new ReaderStalled(`A reader took nothing for ${this.#stallMs} ms`));
      this.#response.destroy();
    });
    try {
      await once(this.#response, 'drain', { signal: this.signal });
    } catch {
      // The reader has left or was dropped: the next write sees it by `signal`.
    } finally {
      stopWaiting();
    }
  }
}
