import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Interrupt, Interrupted } from '../contract/barge-in.ts';
import type { FailureType } from '../contract/failures.ts';
import { interrupt } from '../contract/messages.ts';
import type { BargeInAnswer, LiveTurnsSetting } from '../live/turns/live-turns.ts';
import { retryUntilGiven } from '../time/retry.ts';
import { askTemporal } from './ask-temporal.ts';
import { describeTurn } from './turn-runs.ts';

/**
 * Tells workflows how their turns were interrupted here. It retries until the record has it or refuses it, or there is no
 * workflow to tell: repeats carry the interrupt's id, so that the record takes it once.
 */
export function createBargeInRecorder(client: Client): Pick<LiveTurnsSetting, 'recordBargeIn' | 'interruptElsewhere'> {
  return {
    recordBargeIn: async (turn, bargeIn) => {
      const { epoch } = turn; // as it was decided
      if (turn.state === 'starting') await Promise.race([turn.bound, turn.refused]);
      if (turn.state === 'refused') return 'gone';
      return retryUntilGiven(async () => {
        const answer = await send(client, turn.id, { id: bargeIn.id, cut: bargeIn, epoch });
        return answer ?? (turn.state === 'closed' ? 'recorded' : undefined);
      });
    },
    interruptElsewhere: async (turnId, id) => {
      await retryUntilGiven(() => send(client, turnId, { id }));
    },
  };
}

/** Undefined where it is to be sent again. */
async function send(client: Client, turnId: string, asked: Interrupt): Promise<BargeInAnswer | undefined> {
  try {
    await interruptWorkflow(client, turnId, asked);
    return 'recorded';
  } catch (error) {
    if (await hasEnded(client, turnId, error)) return 'gone';
    if (isUpdateFailure(error, 'Home.Replaced')) return 'replaced';
    // Another run of the turn takes it.
    if (isUpdateFailure(error, RUN_ENDED)) return undefined;
    return error instanceof WorkflowUpdateFailedError ? 'refused' : undefined;
  }
}

/** Temporal's word for an update whose run was closed before it had answered. */
export const RUN_ENDED = 'AcceptedUpdateCompletedWorkflow';

export function isUpdateFailure(error: unknown, type: FailureType | typeof RUN_ENDED): boolean {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === type;
}

/** Whether an update failed because its turn is over. */
export async function hasEnded(client: Client, turnId: string, error: unknown): Promise<boolean> {
  if (error instanceof WorkflowNotFoundError) return true;
  if (!isUpdateFailure(error, RUN_ENDED)) return false;
  // A reset ends a run too, and the turn goes on in another one, which is then asked.
  return askTemporal(client, () => describeTurn(client, turnId)).then(
    (description) => description?.status.name !== 'RUNNING',
    () => false, // Temporal is away: it is asked again
  );
}

/** Sends the update. Throws what the client throws, and TemporalUnreachable where it takes too long. */
export async function interruptWorkflow(client: Client, turnId: string, asked: Interrupt): Promise<Interrupted> {
  const update = { args: [asked] as [Interrupt], updateId: asked.id };
  const handle = client.workflow.getHandle(turnId);
  return askTemporal(client, () => handle.executeUpdate<Interrupted, [Interrupt]>(interrupt, update));
}
