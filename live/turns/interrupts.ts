import type { AskedInterrupt, BargeIn, Interrupted } from '../../contract/barge-in.ts';
import { limits } from '../../contract/http.ts';
import { bargeInOf, cancels } from '../../turn/barge-in.ts';
import { heardOf } from '../../turn/transcript.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { TurnHappening, TurnState } from '../../turn/turn-state.ts';
import type { HeardUntil } from '../speech/turn-speeches.ts';
import type { VoiceQueue } from '../speech/voice-queue.ts';
import type { StepRuns } from './step-runs.ts';
import type { TurnCourse } from './turn-course.ts';

export interface LiveInterrupt {
  readonly answer: Interrupted;
  /** Undefined where nothing was left to interrupt. */
  readonly bargeIn: BargeIn | undefined;
  /** Resolves when the record has it. Never rejects. */
  readonly recorded: Promise<void>;
}

/** A turn as far as a barge-in interrupts it: see `LiveTurn`. */
export interface InterruptibleTurn {
  readonly state: string;
  readonly voice: VoiceQueue;
  readonly played: TurnState;
  readonly bargeIn: BargeIn | undefined;
  readonly happened: (happening: TurnHappening) => void;
  readonly publish: (step: string, event: NewEvent) => void;
}

export interface InterruptsSetting {
  readonly turn: InterruptibleTurn;
  readonly course: Pick<TurnCourse, 'begun'>;
  readonly runs: Pick<StepRuns, 'cancelAll'>;
  /** Resolves when the record has the barge-in, or the turn is over. Never rejects. */
  readonly recordBargeIn: (bargeIn: BargeIn) => Promise<void>;
}

/**
 * Barge-ins on one turn, decided in the tick in which they come (I7): silence, then aborts, then the record. One that
 * comes again, late, or for another speech than the one that is being said, changes nothing and tells what is true now.
 */
export class Interrupts {
  readonly #turn: InterruptibleTurn;
  readonly #setting: InterruptsSetting;
  readonly #taken = new Map<string, LiveInterrupt>();
  #next = new AbortController();

  constructor(setting: InterruptsSetting) {
    this.#turn = setting.turn;
    this.#setting = setting;
  }

  /** Aborted by the next barge-in. */
  get next(): AbortSignal {
    return this.#next.signal;
  }

  /** Returns with the voice silent and all that may be cancelled aborted; the record follows. */
  take({ id, speech, heardMs }: AskedInterrupt): LiveInterrupt {
    const earlier = this.#taken.get(id);
    if (earlier) return earlier;
    const { voice, state } = this.#turn;
    const isMeant = speech === undefined || voice.isHeard(speech);
    const until = speech !== undefined && heardMs !== undefined ? { speech, heardMs } : undefined;
    const { current } = voice;
    const hasRoom = this.#taken.size < limits.interruptIds || this.#forgetOne();
    const bargeIn = hasRoom && isMeant && state !== 'closed' ? this.#interruptNow(id, until) : undefined;
    if (bargeIn) this.#tellReaders(current);
    const recorded = bargeIn ? this.#setting.recordBargeIn(bargeIn) : this.#lastRecorded();
    const answer = { interrupted: this.#turn.bargeIn !== undefined, heardText: this.#heardText };
    const taken = { answer, bargeIn, recorded };
    if (hasRoom) this.#taken.set(id, taken);
    return taken;
  }

  /** After a takeover: applies the last barge-in to the steps and the speech of this process. */
  resume(bargeIn: BargeIn): void {
    this.#setting.runs.cancelAll((step) => cancels(bargeIn, step));
    if (!bargeIn.answers) this.#turn.voice.close();
  }

  /** Cuts all speech, though nobody has spoken and the record gets nothing. */
  silence(): void {
    this.#interruptNow('gone', undefined);
  }

  #interruptNow(id: string, until: HeardUntil | undefined): BargeIn | undefined {
    const { voice, played } = this.#turn;
    const { begun: running } = this.#setting.course;
    if (bargeInOf(played, { id, running, said: [] }) === undefined) return undefined;
    voice.cutAll(until);
    const bargeIn = bargeInOf(this.#turn.played, { id, running, said: voice.said });
    if (!bargeIn) return undefined;
    this.#turn.happened({ type: 'interrupted', bargeIn });
    // Running steps are aborted now; a cancelled step that arrives later starts aborted.
    this.#setting.runs.cancelAll((step) => cancels(bargeIn, step));
    this.#next.abort(new Error('The caller spoke'));
    this.#next = new AbortController();
    if (!bargeIn.answers) voice.close();
    return bargeIn;
  }

  /** `speech`: the one that was being said. */
  #tellReaders(speech: string | undefined): void {
    const heardMs = Math.round(speech === undefined ? 0 : this.#turn.voice.heardMs(speech));
    const heard = { ...(speech !== undefined && { speech, heardMs }), heardText: this.#heardText };
    this.#turn.publish('interrupt', { type: 'turn.interrupted', ...heard });
  }

  get #heardText(): string {
    return heardOf(this.#turn.played.rounds, this.#turn.voice.said);
  }

  /** Forgets the oldest interrupt that had no effect. One that had an effect is kept: if it were forgotten, its repeat would interrupt again. */
  #forgetOne(): boolean {
    const oldest = [...this.#taken].find(([, { bargeIn }]) => !bargeIn)?.[0];
    return oldest !== undefined && this.#taken.delete(oldest);
  }

  async #lastRecorded(): Promise<void> {
    await [...this.#taken.values()].at(-1)?.recorded;
  }
}

/** The barge-in that has cancelled a step. */
export function bargeInOn({ bargeIn }: Pick<InterruptibleTurn, 'bargeIn'>, step: string): BargeIn | undefined {
  return bargeIn && cancels(bargeIn, step) ? bargeIn : undefined;
}
