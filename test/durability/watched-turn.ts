import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TurnResult } from '../../contract/turn.ts';
import { followHistory, type HistoryEvent } from './followed-history.ts';

/** How long a turn may take until it counts as left open: a lost process, a lost task and the deadline take some 30 s. */
const LEFT_OPEN_MS = 180_000;

/** A turn whose history is read as it is written. */
export class WatchedTurn {
  readonly id: string;
  readonly events: HistoryEvent[] = [];
  readonly #client: Client;
  readonly #ended: Promise<void>;

  /** `onCompletion` gets the type of each activity that has completed. */
  constructor(client: Client, id: string, onCompletion: (type: string) => void = () => undefined) {
    this.id = id;
    this.#client = client;
    this.#ended = this.#watch(onCompletion);
    this.#ended.catch(() => undefined); // `result` rejects with it
  }

  async #watch(onCompletion: (type: string) => void): Promise<void> {
    const types = new Map<string, string>();
    for await (const event of followHistory(this.#client, this.id)) {
      this.events.push(event);
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled) types.set(String(event.eventId), scheduled.activityType?.name ?? '');
      const completed = event.activityTaskCompletedEventAttributes;
      if (completed) onCompletion(types.get(String(completed.scheduledEventId)) ?? '');
    }
  }

  /** Whether a step was completed so shortly before that time, by the server's clock, which is this machine's. */
  hasCompletedWithin(ms: number, beforeMs: number): boolean {
    const times = this.events.flatMap((event) => (event.activityTaskCompletedEventAttributes ? [toMs(event)] : []));
    return times.some((time) => time <= beforeMs && beforeMs - time <= ms);
  }

  /** Its result, or `left open`. Rejects if the turn was abandoned. */
  async result(): Promise<TurnResult | 'left open'> {
    const { promise: patience, resolve } = Promise.withResolvers<'left open'>();
    const timer = setTimeout(resolve, LEFT_OPEN_MS, 'left open');
    const ended = await Promise.race([this.#ended, patience]);
    clearTimeout(timer);
    if (ended === 'left open') return ended;
    return this.#client.workflow.getHandle(this.id).result().catch(resultOfFailure) as Promise<TurnResult>;
  }
}

function toMs({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
}

/** A turn that failed has its result in its failure; one that was abandoned has none. */
function resultOfFailure(error: unknown): TurnResult {
  const cause = error instanceof WorkflowFailedError ? error.cause : error;
  const [result] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  if (result === undefined) throw cause;
  return result as TurnResult;
}
