import { randomUUID } from 'node:crypto';
import type { TurnEvent } from '../../contract/events.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import type { StreamEvent } from '../../stream/turn-stream.ts';
import type { Clock } from '../../time/clock.ts';

/** When the caller cuts in. */
export interface BargeInMoment {
  /** In ms. Counted from now in an open turn, or else from the start of the next one. Default 0. */
  readonly afterMs?: number;
  /** Counted from the first event of this type instead. */
  readonly on?: TurnEvent['type'];
}

type Interruptible = Pick<LiveTurn, 'id' | 'interrupt'>;

/** Barge-ins that a test has planned, of which each happens once, in the turn that is open then. */
export class BargeIns {
  readonly #clock: Clock;
  #turn: Interruptible | undefined;
  #planned: BargeInMoment[] = [];
  #stopTimers: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  plan(moment: BargeInMoment): void {
    if (this.#turn && moment.on === undefined) this.#wait(this.#turn, moment);
    else this.#planned.push(moment);
  }

  begin(turn: Interruptible): void {
    this.#turn = turn;
    for (const moment of this.#planned) if (moment.on === undefined) this.#wait(turn, moment);
    this.#planned = this.#planned.filter(({ on }) => on !== undefined);
  }

  happened(turnId: string, { type }: StreamEvent): void {
    const turn = this.#turn;
    if (turn?.id !== turnId) return;
    for (const moment of this.#planned) if (moment.on === type) this.#wait(turn, moment);
    this.#planned = this.#planned.filter(({ on }) => on !== type);
  }

  /** What was planned for it and did not happen in it never does. */
  end(turnId: string): void {
    if (this.#turn?.id !== turnId) return;
    for (const stop of this.#stopTimers.splice(0)) stop();
    this.#turn = undefined;
    this.#planned = [];
  }

  #wait(turn: Interruptible, { afterMs = 0 }: BargeInMoment): void {
    const interrupt = (): unknown => turn.interrupt({ id: randomUUID() });
    this.#stopTimers.push(this.#clock.after(afterMs, interrupt));
  }
}
