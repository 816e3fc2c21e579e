import type { Client } from '@temporalio/client';
import { type TurnPlace, turnIdOf } from '../contract/messages.ts';
import type { KeyedPost } from '../contract/turn.ts';
import { askTemporal } from './ask-temporal.ts';
import type { TurnMemo } from './start-turn.ts';
import { describeTurn, failureTypeOf } from './turn-runs.ts';

/** A turn by its place, as Temporal has it. */
export interface StartedTurn {
  readonly id: string;
  readonly number: number;
  /** When it was posted, in ISO 8601. */
  readonly startedAt: string;
  /** Of the process that has asked for it, where that is known. */
  readonly home?: string;
  /** `abandoned`: it ended before a home had begun it, and keeps its number. */
  readonly state: 'running' | 'finished' | 'abandoned';
  readonly post?: KeyedPost;
}

/** Undefined where no turn was started in this place. */
export async function readStartedTurn(client: Client, place: TurnPlace): Promise<StartedTurn | undefined> {
  const id = turnIdOf(place);
  const description = await askTemporal(client, () => describeTurn(client, id));
  if (!description) return undefined;
  const { status, startTime } = description;
  const { digest, key, postedAt, home } = (description.memo ?? {}) as Partial<TurnMemo>;
  const failure =
    status.name === 'FAILED' ? await askTemporal(client, () => failureTypeOf(client, description)) : undefined;
  const ended = failure === 'Turn.Abandoned' || failure === 'Turn.NotPosted' ? 'abandoned' : 'finished';
  return {
    ...{ id, number: place.number, startedAt: postedAt ?? startTime.toISOString() },
    state: status.name === 'RUNNING' ? 'running' : ended,
    ...(home !== undefined && { home }),
    ...(key !== undefined && digest !== undefined && { post: { key, body: digest } }),
  };
}
