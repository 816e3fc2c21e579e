import type { InterruptedTurn, Turn } from '../contract/http.ts';
import type { TurnRecord } from '../contract/turn.ts';
import { heardIn } from '../live/speech/heard-words.ts';
import type { AskedInterrupt } from '../live/turns/interrupts.ts';
import type { LiveTurn } from '../live/turns/live-turn.ts';
import { InterruptFailed } from '../record/forwarded-interrupts.ts';
import { within } from '../time/silence.ts';
import { refuse } from './refusal.ts';
import type { ServiceDependencies } from './service-dependencies.ts';

/** How long the answer waits for the record. */
const RECORD_MS = 2_000;

/**
 * Barge-ins that are asked for from outside. A turn of this process is silent before anything is awaited; one of another
 * process is interrupted through its workflow.
 */
export class TurnCommands {
  readonly #deps: ServiceDependencies;

  constructor(deps: ServiceDependencies) {
    this.#deps = deps;
  }

  /** Waits 2 s for the record: `recorded` is false if it does not have the interrupt by then, and it is retried until it has. */
  interrupt(turnId: string, asked: AskedInterrupt): Promise<InterruptedTurn> {
    const live = this.#deps.turns.get(turnId);
    return live && live.state !== 'refused' ? interruptHere(live, asked) : this.#interruptElsewhere(turnId, asked);
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

/** Silence first: nothing is awaited before it. */
async function interruptHere(live: LiveTurn, asked: AskedInterrupt): Promise<InterruptedTurn> {
  const { speech } = asked;
  if (speech !== undefined && !live.voice.get(speech)) refuse({ kind: 'unknown_speech', turnId: live.id, speech });
  const { answer, recorded } = live.interrupt(asked);
  const isRecorded = await within(
    recorded.then(() => true),
    RECORD_MS,
  );
  return { ...answer, recorded: isRecorded === true };
}

function checkSpeech(turnId: string, speech: string, of: Pick<Turn | TurnRecord, 'items'> | undefined): void {
  const isKnown = of?.items.some((item) => item.type === 'speech' && item.speech === speech);
  if (isKnown === false) refuse({ kind: 'unknown_speech', turnId, speech });
}

function recordedBefore(record: TurnRecord | undefined): Omit<InterruptedTurn, 'recorded'> {
  const { ending, items = [] } = record ?? {};
  const isCut = items.some((item) => item.type === 'speech' && item.interrupted);
  return { interrupted: isCut || ending === 'interrupted', heardText: heardIn(items) };
}
