import type { Leases, Standing } from '../../live/turns/leases.ts';
import type { LiveTurn } from '../../live/turns/live-turn.ts';
import type { TurnRecord } from '../../contract/turn-record.ts';
import { temporalFault } from '../../record/temporal-fault.ts';
import { within } from '../../time/silence.ts';

/** How long Temporal is waited for; then it is asked again. */
const ASK_MS = 1_000;

export interface StandingSetting {
  readonly leases: Pick<Leases, 'standing'>;
  readonly readTurn: (turnId: string) => Promise<TurnRecord>;
}

/** Asks whether this process is still the home of a turn: Redis, which is quicker, and Temporal where that cannot say. */
export function createStanding({ leases, readTurn }: StandingSetting): (turn: LiveTurn) => Promise<Standing> {
  return async (turn) => {
    const told = await leases.standing(turn.id, turn.epoch);
    if (told !== 'unknown') return told;
    try {
      const record = await within(readTurn(turn.id), ASK_MS);
      if (!record || record.isMoving) return 'unknown';
      return record.epoch > turn.epoch ? 'replaced' : 'ours';
    } catch (error) {
      // Its workflow is gone: its end is asked for.
      if (temporalFault(error) !== 'unreachable') turn.contact.lose();
      return 'unknown';
    }
  };
}
