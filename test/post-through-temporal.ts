import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { sharedQueue, workflowTypes } from '../contract/messages.ts';
import type { PostTurn } from '../contract/steps.ts';
import type { TurnResult } from '../contract/turn.ts';
import type { World } from './world.ts';

export interface PostedThroughTemporal {
  readonly handle: WorkflowHandle;
  readonly result: () => Promise<TurnResult>;
}

/** As a service posts a turn that goes through Temporal. Text only, unless it says otherwise. */
export async function postThroughTemporal(
  { client, agent }: Pick<World, 'client' | 'agent'>,
  asked: Partial<PostTurn> & Pick<PostTurn, 'conversationId'>,
): Promise<PostedThroughTemporal> {
  const args = [{ agent: agent.name, modality: 'text', ...asked }];
  const options = { workflowId: `post-${randomUUID()}`, taskQueue: sharedQueue(agent.name), args };
  const handle = await client.workflow.start(workflowTypes.postTurn, options);
  return { handle, result: () => handle.result() as Promise<TurnResult> };
}
