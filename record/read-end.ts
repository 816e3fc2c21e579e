import { ApplicationFailure, TerminatedFailure, WorkflowFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { TurnResult } from '../contract/turn.ts';
import type { RecordEnd, WatchSetting } from '../live/turns/record-watch.ts';
import { askTemporal } from './ask-temporal.ts';
import { describeTurn } from './turn-runs.ts';

/** Asks Temporal how the workflow of a turn ended. */
export function createEndReader(client: Client): WatchSetting['ask'] {
  return async ({ id }) => {
    const description = await askTemporal(client, () => describeTurn(client, id));
    if (description === undefined) return failed('its workflow was deleted');
    if (description.status.name === 'RUNNING') return undefined;
    return askTemporal(client, async () => {
      try {
        return ofResult(
          (await client.workflow.getHandle(id, description.runId).result()) as TurnResult,
          'another process has ended it',
        );
      } catch (error) {
        if (error instanceof WorkflowFailedError) return ofFailure(error);
        throw error;
      }
    });
  };
}

function ofFailure({ cause, message }: WorkflowFailedError): RecordEnd {
  if (cause instanceof TerminatedFailure) return failed(`its workflow was terminated: ${message}`);
  const result =
    cause instanceof ApplicationFailure ? (cause.details?.[0] as Partial<TurnResult> | undefined) : undefined;
  const reason = cause?.message ?? message;
  return result?.items ? ofResult(result as TurnResult, reason) : failed(reason);
}

function ofResult({ outcome, degraded, items }: TurnResult, reason: string): RecordEnd {
  return { outcome, degraded, items, reason };
}

function failed(reason: string): RecordEnd {
  return { outcome: 'failed', degraded: false, reason };
}
