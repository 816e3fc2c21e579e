import type { Client } from '@temporalio/client';
import { conversationWorkflowId, workflowTypes } from '../contract/messages.ts';
import { pause, processClock } from '../time/clock.ts';
import { askTemporal } from './ask-temporal.ts';
import { grpcStatus } from './grpc-status.ts';
import { undefinedIfUnknown } from './read-conversation.ts';
import { type ToldTurn, toldIn } from './told-turns.ts';

/** How long Temporal is asked at a time for what comes next. After its reader has left, a question is not taken back. */
const ASKED_MS = 20_000;
/** Between two questions: what a conversation is told in a burst is read at once. */
const REST_MS = 500;
/** How often it is asked for whether a conversation that has closed was opened again. */
const CLOSED_MS = 5_000;
const RETRY_MS = 1_000;

interface Run {
  readonly id: string;
  /** How many events its history had when it was found. */
  readonly length: number;
}

/**
 * The turns that a conversation is told of, in whatever process they run: first all that its latest run knows, even if there
 * are none, then each as its beginning and its end are told. What it was told in the last moment may come second. It reads the
 * history as it grows, and so asks no worker. It goes on when the conversation closes, and while Temporal is away. Nothing
 * at all where there is no such conversation. Throws what Temporal throws before the first turns.
 */
export async function* followConversation(
  client: Client,
  conversationId: string,
  signal: AbortSignal,
): AsyncGenerator<readonly ToldTurn[]> {
  const workflowId = conversationWorkflowId(conversationId);
  let run = await findRun(client, workflowId);
  if (!run) return;
  for (let isFirst = true; run; isFirst = false) {
    yield* new RunReader(client, { workflowId, run }).read(signal, isFirst);
    run = await nextRun(client, { workflowId, run }, signal);
  }
}

async function findRun(client: Client, workflowId: string): Promise<Run | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  const found = await askTemporal(client, () => handle.describe().catch(undefinedIfUnknown));
  if (found?.type !== workflowTypes.conversation) return undefined;
  return { id: found.runId, length: found.historyLength };
}

interface RunOf {
  readonly workflowId: string;
  readonly run: Run;
}

/** Waits for the run after one that has closed. Undefined where the signal was aborted before. */
async function nextRun(client: Client, { workflowId, run }: RunOf, signal: AbortSignal): Promise<Run | undefined> {
  for (let waitMs = 0; !signal.aborted; waitMs = CLOSED_MS) {
    await pause(processClock, waitMs, signal);
    // Temporal is away, or the conversation was deleted: it is asked again.
    const found = await findRun(client, workflowId).catch(() => undefined);
    if (found && found.id !== run.id) return found;
  }
  return undefined;
}

interface Page {
  readonly told: readonly ToldTurn[];
  readonly isClosed: boolean;
  readonly waitMs: number;
}

class RunReader {
  readonly #client: Client;
  readonly #of: RunOf;
  #nextPageToken: Uint8Array | undefined;
  #readEvents = 0;

  constructor(client: Client, of: RunOf) {
    this.#client = client;
    this.#of = of;
  }

  /** Until the run has closed or the signal is aborted. `mayFail`: an error is thrown as long as the history was not read once. */
  async *read(signal: AbortSignal, mayFail: boolean): AsyncGenerator<readonly ToldTurn[]> {
    const told: ToldTurn[] = [];
    while (!signal.aborted) {
      const wasCaughtUp = this.#isCaughtUp;
      const page = await this.#ask().catch((error: unknown) => {
        if (mayFail && !wasCaughtUp) throw error;
        return this.#afterFault(error);
      });
      told.push(...page.told);
      if (this.#isCaughtUp && (!wasCaughtUp || told.length > 0)) yield told.splice(0);
      if (page.isClosed) return;
      if (wasCaughtUp) await pause(processClock, page.waitMs, signal);
    }
  }

  get #isCaughtUp(): boolean {
    return this.#readEvents >= this.#of.run.length;
  }

  /** The next events. None where nothing came in time. */
  async #ask(): Promise<Page> {
    const { workflowId, run } = this.#of;
    const request = {
      namespace: this.#client.options.namespace,
      execution: { workflowId, runId: run.id },
      waitNewEvent: true,
      ...(this.#nextPageToken && { nextPageToken: this.#nextPageToken }),
    };
    const ask = () => this.#client.workflowService.getWorkflowExecutionHistory(request);
    const asking = this.#isCaughtUp
      ? this.#client.withDeadline(Date.now() + ASKED_MS, ask)
      : askTemporal(this.#client, ask);
    const { history, nextPageToken } = await asking;
    const events = history?.events ?? [];
    const told = await Promise.all(events.map((event) => toldIn(this.#client, event)));
    this.#readEvents += events.length;
    this.#nextPageToken = nextPageToken;
    return { told: told.flat(), isClosed: nextPageToken.length === 0, waitMs: REST_MS };
  }

  #afterFault(error: unknown): Page {
    const status = grpcStatus(error);
    if (status === 'deadline_exceeded') return { told: [], isClosed: false, waitMs: 0 };
    // The history is read again from its beginning: what is told twice changes nothing.
    this.#nextPageToken = undefined;
    return { told: [], isClosed: status === 'not_found', waitMs: RETRY_MS };
  }
}
