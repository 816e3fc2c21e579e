import type { WorkflowHandle } from '@temporalio/client';
import { turnRecord } from '../contract/messages.ts';
import type { EarlierRecord, TurnRecord } from '../contract/turn-record.ts';
import { toTurnRecord } from '../turn/turn-record.ts';

/** Asks the workflow of a turn for its record. */
export async function readRecord(handle: Pick<WorkflowHandle, 'query'>): Promise<TurnRecord> {
  return toTurnRecord(await handle.query<TurnRecord | EarlierRecord>(turnRecord));
}
