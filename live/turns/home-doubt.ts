import { pause, processClock, type Clock } from '../../time/clock.ts';
import { type Leases, LEASE_MS, RENEW_MS, type Standing } from './leases.ts';
import type { LiveTurn } from './live-turn.ts';

/**
 * A process that has stood still for so long may have lost its turns: it is less than Temporal waits for a heartbeat, and than a
 * lease lasts, before anybody else takes them.
 */
const STALL_MS = LEASE_MS - RENEW_MS;
const LOOK_MS = 250;
const ASK_AGAIN_MS = 100;

export interface DoubtSetting {
  /** All turns that are open here. */
  readonly openTurns: () => Iterable<LiveTurn>;
  readonly leases: Pick<Leases, 'onLost'>;
  /** Whether this process is still the turn's home. Never rejects, and answers within a second or so. */
  readonly ask: (turn: LiveTurn) => Promise<Standing>;
  readonly onReplaced: (turn: LiveTurn) => void;
  readonly clock?: Clock;
  /** The time of day, in ms. Unlike the process clock it goes on while a machine is suspended. */
  readonly wallMs?: () => number;
}

/**
 * Keeps a process silent that may be home no longer.
 *
 * 1. After it has stood still (a blocked event loop, a stopped process, a suspended machine), or when its lease is lost, it doubts all
 *    its turns, in the tick in which it would publish again. A turn in doubt says nothing, and begins no write.
 * 2. It asks for each of them whether it is still its own: then the turn goes on. Where another process has taken it, it is let go.
 * 3. Nobody answers: a process that has stood still stays silent until somebody does. One that has not goes on, as nobody is known to
 *    have taken anything from it.
 */
export class HomeDoubt {
  readonly #setting: DoubtSetting;
  readonly #clock: Clock;
  readonly #wallMs: () => number;
  #lookedMs: number;
  #lookedWallMs: number;
  #stalls = 0;
  #stopTimer: () => void = () => undefined;

  constructor(setting: DoubtSetting) {
    this.#setting = setting;
    this.#clock = setting.clock ?? processClock;
    this.#wallMs = setting.wallMs ?? Date.now;
    this.#lookedMs = this.#clock.nowMs();
    this.#lookedWallMs = this.#wallMs();
    setting.leases.onLost(() => this.#doubtAll(false));
  }

  start(): void {
    this.#stopTimer = this.#clock.after(LOOK_MS, () => {
      this.look();
      this.start();
    });
  }

  stop(): void {
    this.#stopTimer();
  }

  /** Called before anything is published or begun, so that a stall is found before the next word. */
  look(): void {
    const [nowMs, wallMs] = [this.#clock.nowMs(), this.#wallMs()];
    const stoodMs = Math.max(nowMs - this.#lookedMs, wallMs - this.#lookedWallMs);
    this.#lookedMs = nowMs;
    this.#lookedWallMs = wallMs;
    if (stoodMs < STALL_MS) return;
    this.#stalls += 1;
    this.#doubtAll(true);
  }

  #doubtAll(hasStood: boolean): void {
    for (const turn of this.#setting.openTurns()) {
      if (turn.state === 'bound' && turn.doubt()) void this.#settle(turn, hasStood);
    }
  }

  async #settle(turn: LiveTurn, hasStood: boolean): Promise<void> {
    for (let stood = hasStood; turn.state === 'bound';) {
      const stalls = this.#stalls;
      const standing = await this.#setting.ask(turn);
      if (turn.state !== 'bound') return;
      if (standing === 'replaced') return this.#setting.onReplaced(turn);
      // What was answered before another stall says nothing about now.
      this.look();
      stood ||= this.#stalls !== stalls;
      if (standing === 'ours' ? this.#stalls === stalls : !stood) return turn.trust();
      await pause(this.#clock, ASK_AGAIN_MS, new AbortController().signal);
    }
  }
}
