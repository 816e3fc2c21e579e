import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { Turn } from '../contract/http.ts';
import type { TurnResult } from '../contract/turn.ts';
import type { TurnRecord } from '../contract/turn-record.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { askTemporal } from './ask-temporal.ts';
import { readRecord } from './read-record.ts';
import type { TurnMemo } from './start-turn.ts';
import { describeTurn } from './turn-runs.ts';

/** A turn that has said everything closes within milliseconds, unless Temporal is down. */
const CLOSING_MS = 1_000;

export interface TurnReader {
  readonly client: Client;
  /** Of this process. */
  readonly turns?: Pick<LiveTurns, 'endedRuns'>;
  readonly temporalUiUrl?: string | undefined;
}

/** A turn as its workflow knows it. Undefined where there is none. */
export async function readTurn(reader: TurnReader, id: string): Promise<Turn | undefined> {
  const { client } = reader;
  const description = await askTemporal(client, () => describeTurn(client, id));
  if (description === undefined) return undefined;
  const handle = client.workflow.getHandle(id, description.runId);
  if (description.status.name !== 'RUNNING') {
    return toTurn(reader, description, await askTemporal(client, () => readEnd(handle, description)));
  }
  const record = await askTemporal(client, () => readRecord(handle));
  const isClosing =
    record.outcome !== undefined || reader.turns?.endedRuns.has({ workflowId: id, runId: description.runId }) === true;
  if (isClosing && (await hasClosed(client, handle))) return readTurn(reader, id);
  return toTurn(reader, description, fromRecord(record));
}

type TurnBody = Pick<
  Turn,
  'conversationId' | 'number' | 'outcome' | 'reason' | 'degraded' | 'steps' | 'items' | 'usage'
>;

async function readEnd(handle: WorkflowHandle, description: WorkflowExecutionDescription): Promise<TurnBody> {
  try {
    return (await handle.result()) as TurnResult;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const details = error.cause instanceof ApplicationFailure ? error.cause.details?.[0] : undefined;
    if (details !== undefined) return details as TurnResult;
    const reason = error.cause?.message ?? error.message;
    const body = fromMemo(description) ?? fromRecord(await readRecord(handle));
    return { ...body, outcome: 'failed', reason };
  }
}

/** A turn that failed without a result was abandoned before it began, or ended by an operator. */
function fromMemo({ status, memo }: WorkflowExecutionDescription): TurnBody | undefined {
  if (status.name !== 'FAILED' || typeof memo?.['number'] !== 'number') return undefined;
  return {
    conversationId: String(memo['conversationId']),
    number: memo['number'],
    outcome: 'failed',
    degraded: false,
    steps: [],
    items: [],
  };
}

function fromRecord({ start, outcome, degraded, steps, items, usage }: TurnRecord): TurnBody {
  const { conversationId, number } = start;
  const done = { steps: [...steps], items: [...items], ...(usage && { usage }) };
  return { conversationId, number, outcome, degraded, ...done };
}

async function hasClosed(client: Client, handle: WorkflowHandle): Promise<boolean> {
  try {
    await askTemporal(client, () => handle.result(), CLOSING_MS);
    return true;
  } catch (error) {
    return error instanceof WorkflowFailedError;
  }
}

function toTurn(reader: TurnReader, description: WorkflowExecutionDescription, body: TurnBody): Turn {
  const { workflowId, runId, startTime, closeTime, memo } = description;
  const { conversationId, number, outcome, reason, degraded, steps, items, usage } = body;
  const namespace = reader.client.options.namespace;
  const ui = reader.temporalUiUrl?.replace(/\/$/, '');
  const path = `/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
  return {
    id: workflowId,
    conversationId,
    number,
    state: outcome === undefined ? 'running' : 'finished',
    ...(outcome !== undefined && { outcome, ...(reason !== undefined && { reason }), degraded }),
    startedAt: (memo as Partial<TurnMemo> | undefined)?.postedAt ?? startTime.toISOString(),
    ...(outcome !== undefined && closeTime && { finishedAt: closeTime.toISOString() }),
    steps,
    items,
    ...(usage && { usage }),
    temporal: { workflowId, runId, ...(ui !== undefined && { url: `${ui}${path}` }) },
  };
}
