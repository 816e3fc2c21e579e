import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Turn } from '../contract/http.ts';
import type { TurnPlace } from '../contract/messages.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { askTemporal } from './ask-temporal.ts';
import { ForwardedInterrupts } from './forwarded-interrupts.ts';
import { type Post, type PostedTurn, readPostedTurn } from './posted-turn.ts';
import { readRecord } from './read-record.ts';
import { readTurn } from './read-turn.ts';
import { startTurn, type TurnRequest } from './start-turn.ts';
import { readStartedTurn, type StartedTurn } from './started-turn.ts';
import { describeTurn } from './turn-runs.ts';
import { waitForEnd } from './wait-for-end.ts';

export interface TurnRecordsSetting {
  /** On the connection that this process's worker uses too: eager start needs that. */
  readonly client: Client;
  readonly logger: Logger;
  /** Of this process. */
  readonly turns: Pick<LiveTurns, 'get' | 'endedRuns'>;
  /** Base of Temporal UI, where one is known. */
  readonly temporalUiUrl?: string | undefined;
}

/**
 * What a process asks Temporal about turns. A question gives up after 1.9 s with TemporalUnreachable, unless it says
 * otherwise. What Temporal itself throws passes through: `temporalFault` says what it means.
 */
export class TurnRecords {
  readonly #setting: TurnRecordsSetting;
  /** Interrupts of turns that other processes speak for. */
  readonly interrupts: ForwardedInterrupts;

  constructor(setting: TurnRecordsSetting) {
    this.#setting = setting;
    this.interrupts = new ForwardedInterrupts(setting);
  }

  /** Starts a turn, eagerly. Rejects with TurnNumberTaken where its place was taken; after another failure the turn may still have started. */
  start(turn: TurnRequest): Promise<void> {
    return startTurn(this.#setting.client, turn);
  }

  /** A turn as its workflow knows it. Undefined where there is none. */
  read(id: string): Promise<Turn | undefined> {
    return readTurn(this.#setting, id);
  }

  /** Undefined where there is no turn of this id. */
  async state(id: string): Promise<Turn['state'] | undefined> {
    const { client } = this.#setting;
    const description = await askTemporal(client, () => describeTurn(client, id));
    return description && (description.status.name === 'RUNNING' ? 'running' : 'finished');
  }

  /** What the workflow of an open turn has until now. Rejects where it does not answer. */
  progress(id: string): Promise<TurnRecord> {
    const { client } = this.#setting;
    return askTemporal(client, () => readRecord(client.workflow.getHandle(id)));
  }

  /** What Temporal has in a place of a conversation. Undefined where no turn was started there. */
  started(place: TurnPlace): Promise<StartedTurn | undefined> {
    return readStartedTurn(this.#setting.client, place);
  }

  /** What became of an earlier post. */
  posted(post: Post): Promise<PostedTurn> {
    return readPostedTurn(this.#setting, post);
  }

  /** Waits until a turn has ended, in whatever process it runs, and for as long as Temporal is away. False where `signal` was aborted before. */
  waitForEnd(id: string, signal: AbortSignal): Promise<boolean> {
    return waitForEnd(this.#setting.client, id, { signal });
  }

  /** Resolves when the workflow of a turn is over or was never there, and where Temporal does not say so in time. Never rejects. */
  async over(id: string, patienceMs: number): Promise<void> {
    const { client } = this.#setting;
    await askTemporal(client, () => client.workflow.getHandle(id).result(), patienceMs).catch(() => undefined);
  }

  /** Rejects where Temporal does not answer. */
  async reachTemporal(): Promise<void> {
    const { client } = this.#setting;
    await askTemporal(client, () => client.connection.workflowService.getSystemInfo({}));
  }
}
