import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Interrupt, Interrupted } from '../contract/barge-in.ts';
import { interrupt } from '../contract/messages.ts';
import type { LiveTurnsSetting } from '../live/turns/live-turns.ts';
import { askTemporal } from './ask-temporal.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/**
 * Tells workflows how their turns were cut here. It goes on until the record has it or there is nothing left to tell:
 * repeats carry the interrupt's id, so that the record takes it once.
 */
export function createCutRecorder(client: Client): LiveTurnsSetting['recordBargeIn'] {
  return async (turn, cut) => {
    if (turn.state === 'starting') await Promise.race([turn.bound, turn.refused]);
    if (turn.state === 'refused') return 'gone';
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, LAST_RETRY_MS)) {
      try {
        await interruptWorkflow(client, turn.id, { id: cut.id, cut });
        return 'recorded';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) return 'gone';
        if (turn.state === 'closed') return 'recorded';
      }
      await delay(retryMs, undefined, { ref: false });
    }
  };
}

/** Sends the update. Throws what the client throws, and TemporalUnreachable where it takes too long. */
export async function interruptWorkflow(client: Client, turnId: string, asked: Interrupt): Promise<Interrupted> {
  const update = { args: [asked] as [Interrupt], updateId: asked.id };
  const handle = client.workflow.getHandle(turnId);
  return askTemporal(client, () => handle.executeUpdate<Interrupted, [Interrupt]>(interrupt, update));
}
