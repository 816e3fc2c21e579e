import { TurnNumberTaken } from '../record/start-turn.ts';
import { temporalFault } from '../record/temporal-fault.ts';
import type { TurnRecords } from '../record/turn-records.ts';
import { retryUntilGiven } from '../time/retry.ts';

type Request = Parameters<TurnRecords['start']>[0];

/**
 * What became of a start. `begun`: it has its number. `taken`: another process has a turn of that number. `free`: there is
 * no turn of that number.
 */
export type StartFate = 'begun' | 'taken' | 'free';

/** The turn was not started, as the number before its own is free, or belongs to a turn that is not known here. */
export class TurnNumberMoved extends Error {
  override readonly name = 'TurnNumberMoved';

  constructor(turnId: string) {
    super(`Turn '${turnId}' was not started: the turn before it was not either`);
  }
}

interface WantedStart {
  readonly request: Request;
  readonly isWanted: () => boolean;
}

/** A start that was asked for. */
export interface Starting {
  /** Rejects where the turn was not started, or may not have been. */
  readonly started: Promise<void>;
  /** What became of it, as soon as Temporal says so, however long that takes. Never rejects. */
  readonly fate: Promise<StartFate>;
}

/**
 * Starts the turns of each conversation in the order of their numbers, and without gaps, so that the last turn of a
 * conversation is found by walking up until a number is free.
 *
 * 1. A start is sent in the tick in which it is asked for, unless the one before it is still on its way: then once that one has
 *    its number.
 * 2. A start whose answer was lost may have happened, or may happen yet. It is asked for again until Temporal answers: then
 *    there is a turn of that number, begun here or elsewhere. Until then no further turn of the conversation starts.
 */
export class TurnStarts {
  readonly #records: Pick<TurnRecords, 'start' | 'started'>;
  readonly #last = new Map<string, Promise<StartFate>>();

  constructor(records: Pick<TurnRecords, 'start' | 'started'>) {
    this.#records = records;
  }

  /** `isWanted`: false once the turn was given up. */
  start(request: Request, isWanted: () => boolean): Starting {
    const { conversationId } = request.start;
    const before = this.#last.get(conversationId);
    const started = before ? this.#startAfter(before, { request, isWanted }) : this.#records.start(request);
    const fate = started.then(
      () => 'begun' as const,
      (error: unknown) => this.#fateOf(request, error),
    );
    this.#last.set(conversationId, fate);
    void fate.then(() => {
      if (this.#last.get(conversationId) === fate) this.#last.delete(conversationId);
    });
    return { started, fate };
  }

  async #startAfter(before: Promise<StartFate>, { request, isWanted }: WantedStart): Promise<void> {
    if ((await before) !== 'begun' || !isWanted()) throw new TurnNumberMoved(request.id);
    await this.#records.start(request);
  }

  #fateOf(request: Request, error: unknown): StartFate | Promise<StartFate> {
    const known = toFate(error);
    if (known) return known;
    return retryUntilGiven(async () => {
      try {
        await this.#records.start({ ...request, patienceMs: REPEAT_MS });
        return 'begun';
      } catch (again) {
        return again instanceof TurnNumberTaken ? await this.#takenBy(request) : toFate(again);
      }
    });
  }

  /** The start whose answer was lost may be the one that has taken the number. */
  async #takenBy({ start }: Request): Promise<StartFate | undefined> {
    try {
      const started = await this.#records.started(start);
      return started?.home === start.home ? 'begun' : 'taken';
    } catch (error) {
      return temporalFault(error) === 'unreachable' ? undefined : 'taken';
    }
  }
}

/** How long Temporal may take to answer a start that is asked for again. */
const REPEAT_MS = 5_000;

/** Undefined where the start may have happened. */
function toFate(error: unknown): StartFate | undefined {
  if (error instanceof TurnNumberTaken) return 'taken';
  return temporalFault(error) === 'unreachable' ? undefined : 'free';
}
