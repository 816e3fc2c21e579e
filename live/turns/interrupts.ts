import type { Cut, Interrupt, Interrupted } from '../../contract/cut.ts';
import { limits } from '../../contract/http.ts';
import { cutOf, isDropped } from '../../turn/barge-in.ts';
import { heardOf } from '../../turn/transcript.ts';
import type { NewEvent } from '../../stream/turn-stream.ts';
import type { TurnHappening, TurnState } from '../../turn/turn-state.ts';
import type { HeardUntil, VoiceQueue } from '../speech/voice-queue.ts';
import type { StepRuns } from './step-runs.ts';
import type { TurnCourse } from './turn-course.ts';

export type AskedInterrupt = Omit<Interrupt, 'cut'>;

export interface LiveInterrupt {
  readonly answer: Interrupted;
  /** Undefined where nothing was left to cut. */
  readonly cut: Cut | undefined;
  /** Resolves when the record has it. Never rejects. */
  readonly recorded: Promise<void>;
}

/** A turn as far as it is cut: see `LiveTurn`. */
export interface CutTurn {
  readonly state: string;
  readonly voice: VoiceQueue;
  readonly played: TurnState;
  readonly cut: Cut | undefined;
  readonly happened: (happening: TurnHappening) => void;
  readonly publish: (step: string, event: NewEvent) => void;
}

export interface InterruptsSetting {
  readonly turn: CutTurn;
  readonly course: Pick<TurnCourse, 'begun'>;
  readonly runs: Pick<StepRuns, 'drop'>;
  /** Resolves when the record has the cut, or the turn is over. Never rejects. */
  readonly recordCut: (cut: Cut) => Promise<void>;
}

/**
 * Barge-ins on one turn, decided in the tick in which they come (I7): silence, then aborts, then the record. One that
 * comes again, late, or for another speech than the one that is being said, changes nothing and tells what is true now.
 */
export class Interrupts {
  readonly #turn: CutTurn;
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
    const isMeant = speech === undefined || voice.current === speech;
    const until = speech !== undefined && heardMs !== undefined ? { speech, heardMs } : undefined;
    const { current } = voice;
    const hasRoom = this.#taken.size < limits.interruptIds || this.#forgetOne();
    const cut = hasRoom && isMeant && state !== 'closed' ? this.#cutNow(id, until) : undefined;
    if (cut) this.#tellReaders(current);
    const recorded = cut ? this.#setting.recordCut(cut) : this.#lastRecorded();
    const answer = { interrupted: this.#turn.cut !== undefined, heardText: this.#heardText };
    const taken = { answer, cut, recorded };
    if (hasRoom) this.#taken.set(id, taken);
    return taken;
  }

  /** Cuts all that is said, though nobody has spoken and no record is told. */
  silence(): void {
    this.#cutNow('gone', undefined);
  }

  #cutNow(id: string, until: HeardUntil | undefined): Cut | undefined {
    const { voice, played } = this.#turn;
    const { begun: running } = this.#setting.course;
    if (cutOf(played, { id, running, said: [] }) === undefined) return undefined;
    voice.cutAll(until);
    const cut = cutOf(this.#turn.played, { id, running, said: voice.said });
    if (!cut) return undefined;
    this.#turn.happened({ type: 'interrupted', cut });
    // In this tick, and not begun if they come later.
    this.#setting.runs.drop((step) => isDropped(cut, step));
    this.#next.abort(new Error('The caller spoke'));
    this.#next = new AbortController();
    if (!cut.answers) voice.close();
    return cut;
  }

  /** `speech`: the one that was being said. */
  #tellReaders(speech: string | undefined): void {
    const heardMs = Math.round((speech === undefined ? undefined : this.#turn.voice.get(speech)?.heardMs) ?? 0);
    const heard = { ...(speech !== undefined && { speech, heardMs }), heardText: this.#heardText };
    this.#turn.publish('interrupt', { type: 'turn.interrupted', ...heard });
  }

  get #heardText(): string {
    return heardOf(this.#turn.played.rounds, this.#turn.voice.said);
  }

  /** The oldest that cut nothing makes room. One that has cut stays: its repeat would cut again, and the record has its id. */
  #forgetOne(): boolean {
    const oldest = [...this.#taken].find(([, { cut }]) => !cut)?.[0];
    return oldest !== undefined && this.#taken.delete(oldest);
  }

  async #lastRecorded(): Promise<void> {
    await [...this.#taken.values()].at(-1)?.recorded;
  }
}

/** The cut that has dropped a step. */
export function cutOfStep({ cut }: Pick<CutTurn, 'cut'>, step: string): Cut | undefined {
  return cut && isDropped(cut, step) ? cut : undefined;
}
