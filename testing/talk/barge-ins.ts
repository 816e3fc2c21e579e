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
  /** Those of the open turn whose time has yet to come, and what stops each. */
  readonly #waiting = new Map<BargeInMoment, () => void>();

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

  /** What was planned for it and did not happen in it never does: it is returned. */
  end(turnId: string): readonly BargeInMoment[] {
    if (this.#turn?.id !== turnId) return [];
    const missed = [...this.#waiting.keys(), ...this.#planned];
    for (const stop of this.#waiting.values()) stop();
    this.#waiting.clear();
    this.#turn = undefined;
    this.#planned = [];
    return missed;
  }

  #wait(turn: Interruptible, planned: BargeInMoment): void {
    const moment = { ...planned };
    const interrupt = (): void => {
      this.#waiting.delete(moment);
      turn.interrupt({ id: randomUUID() });
    };
    this.#waiting.set(moment, this.#clock.after(planned.afterMs ?? 0, interrupt));
  }
}
