import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Interrupt, Interrupted } from '../contract/barge-in.ts';
import { interrupt } from '../contract/messages.ts';
import type { LiveTurnsSetting } from '../live/turns/live-turns.ts';
import { retryUntilGiven } from '../time/retry.ts';
import { askTemporal } from './ask-temporal.ts';

/**
 * Tells workflows how their turns were interrupted here. It retries until the record has it or there is no workflow to
 * tell: repeats carry the interrupt's id, so that the record takes it once.
 */
export function createBargeInRecorder(client: Client): LiveTurnsSetting['recordBargeIn'] {
  return async (turn, bargeIn) => {
    if (turn.state === 'starting') await Promise.race([turn.bound, turn.refused]);
    if (turn.state === 'refused') return 'gone';
    return retryUntilGiven(async () => {
      try {
        await interruptWorkflow(client, turn.id, { id: bargeIn.id, cut: bargeIn });
        return 'recorded';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) return 'gone';
        return turn.state === 'closed' ? 'recorded' : undefined;
      }
    });
  };
}

/** Sends the update. Throws what the client throws, and TemporalUnreachable where it takes too long. */
export async function interruptWorkflow(client: Client, turnId: string, asked: Interrupt): Promise<Interrupted> {
  const update = { args: [asked] as [Interrupt], updateId: asked.id };
  const handle = client.workflow.getHandle(turnId);
  return askTemporal(client, () => handle.executeUpdate<Interrupted, [Interrupt]>(interrupt, update));
}
