import type { Outcome } from '../../contract/turn.ts';
import type { Item } from '../../contract/items.ts';
import { processClock, type Clock } from '../../time/clock.ts';
import type { LiveTurn } from './live-turn.ts';

/** How a turn ended whose workflow is gone, and why this process was not told. */
export interface RecordEnd {
  readonly outcome: Outcome;
  readonly degraded: boolean;
  readonly reason: string;
  /** As the record has them. Undefined if it has no end of its own: then what happened here counts. */
  readonly items?: readonly Item[];
}

export interface WatchSetting {
  /** All turns that are open here. */
  readonly openTurns: () => Iterable<LiveTurn>;
  /** How the workflow of a turn ended. Undefined while it is open. Rejects where Temporal does not say. */
  readonly ask: (turn: LiveTurn) => Promise<RecordEnd | undefined>;
  readonly onGone: (turn: LiveTurn, end: RecordEnd) => Promise<void>;
  readonly clock?: Clock;
}

const SWEEP_MS = 500;
/** Between two steps of the record lie some milliseconds; on a busy machine, tenths of a second. */
const UNSURE_AFTER_MS = 1_000;
/** A turn is asked for again after this, and so is Temporal where it did not answer. */
const REST_MS = 2_000;

/**
 * Notices that the workflow of an open turn is gone: terminated or deleted by an operator, or ended by another process.
 * While one of its steps is being done here, the step's heartbeat tells; otherwise Temporal is asked.
 */
export class RecordWatch {
  readonly #setting: WatchSetting;
  readonly #clock: Clock;
  readonly #asked = new WeakMap<LiveTurn, number>();
  #stopTimer: () => void = () => undefined;
  #restUntilMs = -Infinity;

  constructor(setting: WatchSetting) {
    this.#setting = setting;
    this.#clock = setting.clock ?? processClock;
  }

  start(): void {
    this.#stopTimer = this.#clock.after(SWEEP_MS, () => {
      this.#sweep();
      this.start();
    });
  }

  stop(): void {
    this.#stopTimer();
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#restUntilMs) return;
    for (const turn of this.#setting.openTurns()) {
      const wasAskedMs = this.#asked.get(turn) ?? -Infinity;
      if (turn.state !== 'bound' || turn.contact.lostForMs < UNSURE_AFTER_MS || nowMs < wasAskedMs + REST_MS) continue;
      this.#asked.set(turn, nowMs);
      this.#check(turn).catch(() => {
        // Temporal is away: open turns go on without it, and are asked for again.
        this.#restUntilMs = this.#clock.nowMs() + REST_MS;
      });
    }
  }

  async #check(turn: LiveTurn): Promise<void> {
    const end = await this.#setting.ask(turn);
    if (end && turn.state === 'bound') await this.#setting.onGone(turn, end);
  }
}
