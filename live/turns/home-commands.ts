import type { AskedInterrupt } from '../../contract/barge-in.ts';
import type { CountedPlayout, InterruptedTurn, ReportPlayout } from '../../contract/http.ts';
import { within } from '../../time/silence.ts';
import type { LiveTurn } from './live-turn.ts';
import type { LiveTurns } from './live-turns.ts';

/** How long the answer to an interrupt waits for the record. */
export const RECORD_MS = 2_000;

/**
 * What callers ask of an open turn, carried out by its home. An implementation finds the home, in this process or in another one:
 *
 * 1. Where this process is the turn's home, a command is carried out in the tick in which it is called: an interrupt silences the
 *    turn before anything is awaited.
 * 2. `elsewhere`: no home was reached from here. The turn may have ended, or another process speaks for it; its record knows.
 *    A command may have been carried out all the same, if only its answer was lost. So repeats must be harmless: an interrupt has
 *    an id and is taken once, and a position of playout never goes back.
 * 3. Where two processes hold the turn, the one with the newer epoch is its home.
 * 4. What a home answers is data: it can cross a process boundary. A command does not reject because a home is out of reach.
 */
export interface HomeCommands {
  /**
   * The caller speaks. Answers when the record has the interrupt, or after 2 s: then `recorded` is false, and home tells the record
   * until it has it. `unknown_speech`: the turn has no such speech, and nothing was interrupted.
   */
  interrupt(turnId: string, asked: AskedInterrupt): Promise<InterruptedTurn | 'unknown_speech' | 'elsewhere'>;
  /** The listener's device has played so much of a speech. `playout_assumed`: the turn counts by its own clock. */
  report(
    turnId: string,
    played: ReportPlayout,
  ): Promise<CountedPlayout | 'unknown_speech' | 'playout_assumed' | 'elsewhere'>;
}

/** Reaches the turns whose home is this process, and no others. */
export class HomeCommandsHere implements HomeCommands {
  readonly #turns: Pick<LiveTurns, 'get'>;

  constructor(turns: Pick<LiveTurns, 'get'>) {
    this.#turns = turns;
  }

  async interrupt(turnId: string, asked: AskedInterrupt): ReturnType<HomeCommands['interrupt']> {
    const live = this.#find(turnId);
    if (!live) return 'elsewhere';
    if (asked.speech !== undefined && !live.voice.knows(asked.speech)) return 'unknown_speech';
    const { answer, recorded } = live.interrupt(asked);
    const isRecorded = await within(
      recorded.then(() => true),
      RECORD_MS,
    );
    return { ...answer, recorded: isRecorded === true };
  }

  report(turnId: string, played: ReportPlayout): ReturnType<HomeCommands['report']> {
    return Promise.resolve(this.#count(turnId, played));
  }

  #count(turnId: string, { speech: id, ...played }: ReportPlayout): Awaited<ReturnType<HomeCommands['report']>> {
    const live = this.#find(turnId);
    if (!live) return 'elsewhere';
    if (live.start.playout !== 'client') return 'playout_assumed';
    const heardMs = live.voice.report(id, played);
    return heardMs === undefined ? 'unknown_speech' : { speech: id, heardMs: Math.round(heardMs) };
  }

  /** A refused turn never was. */
  #find(turnId: string): LiveTurn | undefined {
    const live = this.#turns.get(turnId);
    return live?.state === 'refused' ? undefined : live;
  }
}
