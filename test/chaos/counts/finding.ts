import type { HeardEvent, HeardTurn, Observation, RecordedTurn } from '../observation.ts';

/** One thing that is not as it must be. */
export interface Finding {
  /** Of the turn, or the conversation, or the process. */
  readonly of: string;
  readonly what: string;
}

export type Count = (observation: Observation) => readonly Finding[];

export interface Listener {
  readonly name: string;
  readonly events: readonly HeardEvent[];
}

/** Who heard a turn. */
export const listenersOf = ({ heard, overheard }: HeardTurn): readonly Listener[] =>
  [
    { name: 'the caller', events: heard },
    { name: 'the second listener', events: overheard },
  ].filter(({ events }) => events.length > 0);

export const recordOf = ({ records }: Observation, turn: HeardTurn): RecordedTurn | undefined =>
  records.find(({ id }) => id === turn.id);

/** What the caller of a recorded turn said first. */
export const refOf = ({ result }: RecordedTurn): string | undefined => {
  const user = result?.items.find(({ type }) => type === 'user');
  return user?.type === 'user' ? user.text.split(' ')[0] : undefined;
};

export const epochOf = ({ event }: HeardEvent): number => Math.floor(event.seq / 1_000_000);

/** Whether a listener got a turn's record in place of some of its events. */
export const isShortened = ({ events }: Listener): boolean =>
  events.some(({ event }) => event.type === 'turn.snapshot');
