import { ProviderFailure } from '../../providers/failure.ts';
import type { Clock } from '../../time/clock.ts';

const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;
/** So many sentences in a row that a voice has refused are no fault of theirs: its name is wrong, or its model's. */
const MOST_REFUSED = 3;

/** Told when a voice that spoke begins to rest, and when it speaks again: not for each rest between. */
export interface OnRest {
  readonly rests: (failure: Error) => void;
  readonly speaks: () => void;
}

/** One request to a voice, which is to say how it went. What it says counts only while nothing newer is known. */
export interface VoiceTry {
  readonly spoke: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Whether a voice is asked, for all turns of a process.
 *
 * 1. After a failure it rests for 5 s, and for as long as its server has asked for, up to 60 s.
 * 2. Then one request tries it. If that fails it rests twice as long, up to 60 s; others wait 5 s for it.
 * 3. A refused sentence is no failure, unless it is the third in a row.
 */
export class VoiceRest {
  readonly #clock: Clock;
  readonly #onRest: OnRest | undefined;
  #restMs = 0;
  #untilMs = -Infinity;
  #refused = 0;
  /** Counts what was found out about the voice. */
  #version = 0;
  #failure: Error | undefined;

  constructor(clock: Clock, onRest?: OnRest) {
    this.#clock = clock;
    this.#onRest = onRest;
  }

  get isResting(): boolean {
    return this.#clock.nowMs() < this.#untilMs;
  }

  /** Throws, while it rests, a ProviderFailure that says why. */
  take(): VoiceTry {
    const nowMs = this.#clock.nowMs();
    if (this.isResting) {
      const message = `The voice rests after a failure: ${this.#failure?.message ?? 'unknown'}`;
      throw new ProviderFailure(message, { retryable: false });
    }
    if (this.#restMs > 0) this.#untilMs = nowMs + FIRST_REST_MS;
    const version = this.#version;
    const ifNew = (change: () => void): void => {
      if (version === this.#version) change();
    };
    return { spoke: () => ifNew(() => this.#spoke()), failed: (error) => ifNew(() => this.#failed(error)) };
  }

  #spoke(): void {
    this.#refused = 0;
    if (this.#restMs === 0) return;
    this.#version += 1;
    this.#restMs = 0;
    this.#untilMs = -Infinity;
    this.#failure = undefined;
    this.#onRest?.speaks();
  }

  #failed(error: unknown): void {
    const { refused = false, retryAfterMs = 0 } = error instanceof ProviderFailure ? error : {};
    const isKnownToRefuse = this.#failure instanceof ProviderFailure && this.#failure.refused;
    if (refused && (this.#refused += 1) < MOST_REFUSED && !isKnownToRefuse) return;
    const hadRested = this.#restMs > 0;
    this.#version += 1;
    this.#restMs = Math.min(LONGEST_REST_MS, Math.max(FIRST_REST_MS, 2 * this.#restMs));
    this.#untilMs = this.#clock.nowMs() + Math.min(LONGEST_REST_MS, Math.max(this.#restMs, retryAfterMs));
    this.#failure = error instanceof Error ? error : new Error(String(error));
    if (!hadRested) this.#onRest?.rests(this.#failure);
  }
}
