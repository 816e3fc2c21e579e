import { ApplicationFailure } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { failureOptions } from '../contract/failures.ts';
import type { PostTurn } from '../contract/steps.ts';
import type { TurnResult } from '../contract/turn.ts';
import { schedulePost } from './home-activities.ts';
import { postTurnFault } from './message-faults.ts';

/**
 * Posts a turn, for services that go through Temporal, and returns the turn's result, whatever its outcome is. Some process
 * that serves the agent posts it, and is the turn's home; if that process dies, another one finds the turn by its key. Cancelling
 * this workflow interrupts the turn.
 */
export async function postTurn(asked: PostTurn): Promise<TurnResult> {
  const fault = postTurnFault(asked);
  if (fault)
    throw ApplicationFailure.create(failureOptions('Message.Malformed', `The turn cannot be posted: ${fault}`));
  return schedulePost({ key: workflowInfo().workflowId, ...asked });
}
