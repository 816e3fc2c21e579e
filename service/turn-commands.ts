import type { AskedInterrupt } from '../contract/barge-in.ts';
import type { CountedPlayout, InterruptedTurn, ReportPlayout, Turn } from '../contract/http.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import { heardIn } from '../live/speech/heard-words.ts';
import { type HomeCommands, RECORD_MS } from '../live/turns/home-commands.ts';
import { type ForwardedInterrupts, InterruptFailed } from '../record/forwarded-interrupts.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import { within } from '../time/silence.ts';
import { refuse } from './refusal.ts';

export interface CommandsDependencies {
  readonly commands: HomeCommands;
  readonly turnRecords: Pick<TurnRecords, 'read' | 'state' | 'progress'> & {
    readonly interrupts: Pick<ForwardedInterrupts, 'mayTake' | 'send'>;
  };
}

/** What callers ask of an open turn: of its home where that can be reached from here, otherwise of its record. */
export class TurnCommands {
  readonly #deps: CommandsDependencies;

  constructor(deps: CommandsDependencies) {
    this.#deps = deps;
  }

  /**
   * The caller speaks, or has pressed stop. Waits 2 s for the record: `recorded` is false if it does not have the interrupt by then,
   * and it is retried until it has.
   */
  async interrupt(turnId: string, asked: AskedInterrupt): Promise<InterruptedTurn> {
    const answer = await this.#deps.commands.interrupt(turnId, asked);
    if (answer === 'elsewhere') return this.#interruptElsewhere(turnId, asked);
    if (answer === 'unknown_speech') refuse({ kind: 'unknown_speech', turnId, speech: asked.speech ?? '' });
    return answer;
  }

  /** What the listener's device has played of a speech. */
  async report(turnId: string, played: ReportPlayout): Promise<CountedPlayout> {
    const counted = await this.#deps.commands.report(turnId, played);
    if (counted === 'playout_assumed') refuse({ kind: 'playout_assumed', turnId });
    if (counted === 'unknown_speech') refuse({ kind: 'unknown_speech', turnId, speech: played.speech });
    if (counted !== 'elsewhere') return counted;
    refuse({ kind: (await this.#deps.turnRecords.read(turnId)) ? 'turn_not_open' : 'unknown_turn', turnId });
  }

  /** A turn that has ended, or that another process speaks for. That one knows its speeches by what is in the record. */
  async #interruptElsewhere(turnId: string, asked: AskedInterrupt): Promise<InterruptedTurn> {
    const { turnRecords } = this.#deps;
    const untilMs = performance.now() + RECORD_MS;
    const state = await turnRecords.state(turnId);
    if (!state) refuse({ kind: 'unknown_turn', turnId });
    if (state === 'finished') return this.#interruptEnded(turnId, asked);
    const known = turnRecords.progress(turnId).catch(() => undefined); // a workflow that does not answer still gets the interrupt
    if (asked.speech !== undefined) checkSpeech(turnId, asked.speech, await known);
    if (!turnRecords.interrupts.mayTake(turnId, asked)) return { ...recordedBefore(await known), recorded: true };
    const interrupted = await within(this.#send(turnId, asked), untilMs - performance.now());
    if (interrupted === 'ended') return this.#interruptEnded(turnId, asked);
    if (interrupted) return { ...interrupted, recorded: true };
    return { ...recordedBefore(await within(known, 0)), recorded: false };
  }

  async #send(turnId: string, asked: AskedInterrupt) {
    try {
      return await this.#deps.turnRecords.interrupts.send(turnId, asked);
    } catch (error) {
      if (error instanceof InterruptFailed) refuse({ kind: 'interrupt_failed', turnId });
      throw error;
    }
  }

  async #interruptEnded(turnId: string, { speech }: AskedInterrupt): Promise<InterruptedTurn> {
    const turn = await this.#deps.turnRecords.read(turnId);
    if (!turn) refuse({ kind: 'unknown_turn', turnId });
    if (speech !== undefined) checkSpeech(turnId, speech, turn);
    return { interrupted: turn.outcome === 'interrupted', heardText: heardIn(turn.items), recorded: true };
  }
}

function checkSpeech(turnId: string, speech: string, of: Pick<Turn | TurnRecord, 'items'> | undefined): void {
  const isKnown = of?.items.some((item) => item.type === 'speech' && item.speech === speech);
  if (isKnown === false) refuse({ kind: 'unknown_speech', turnId, speech });
}

function recordedBefore(record: TurnRecord | undefined): Omit<InterruptedTurn, 'recorded'> {
  const { state, items = [] } = record ?? {};
  const isCut = items.some((item) => item.type === 'speech' && item.interrupted);
  return { interrupted: isCut || state?.ending === 'interrupted', heardText: heardIn(items) };
}
