import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { ConversationRecord } from '../contract/conversation.ts';
import type { AcceptedTurn } from '../contract/http.ts';
import { conversationRecord, conversationWorkflowId } from '../contract/messages.ts';
import { askTemporal } from '../record/ask-temporal.ts';
import type { ServiceDependencies } from './service-dependencies.ts';
import type { Patience } from '../time/request-patience.ts';
import { refuse } from './refusal.ts';
import type { TurnMemo } from '../record/start-turn.ts';
import { describeTurn, failureTypeOf } from '../record/turn-runs.ts';

const RETRY_MS = 100;

export interface PostedTurn {
  readonly id: string;
  /** Of the body of the post that is repeated. */
  readonly digest: string;
  readonly patience: Pick<Patience, 'leftMs'>;
}

/**
 * The turn that an earlier post of the same key has started, once a home has begun it, in whatever process. Undefined where it
 * was abandoned. Throws a Refusal where the key was used for another body, or nobody has begun the turn within the patience.
 */
export async function findPostedTurn(
  deps: ServiceDependencies,
  { id, digest, patience }: PostedTurn,
): Promise<AcceptedTurn | undefined> {
  const { client } = deps;
  for (;;) {
    const description = await askTemporal(client, () => describeTurn(client, id));
    const memo = description?.memo as TurnMemo | undefined;
    if (!description || memo?.digest !== digest) refuse({ kind: 'key_reused', turnId: id });
    if (description.status.name === 'FAILED') {
      const failure = await askTemporal(client, () => failureTypeOf(client, description));
      if (failure === 'Turn.Abandoned') return undefined;
    }
    if (await hasBegun(deps, description, memo)) {
      return { id, conversationId: memo.conversationId, number: memo.number };
    }
    if (patience.leftMs <= RETRY_MS) refuse({ kind: 'turn_not_begun', turnId: id });
    await delay(RETRY_MS);
  }
}

/**
 * Whether a home has taken the first step. It tells the conversation as soon as it has, unless that fails, and
 * from then on shows signs of life while it works: a step that was only handed to a process shows none.
 */
async function hasBegun(
  { client, turns }: ServiceDependencies,
  { workflowId, status, raw }: WorkflowExecutionDescription,
  { conversationId }: TurnMemo,
): Promise<boolean> {
  if (status.name !== 'RUNNING' || turns.get(workflowId)?.state === 'bound') return true;
  if (raw.pendingActivities?.some(({ lastHeartbeatTime }) => lastHeartbeatTime)) return true;
  const conversation = client.workflow.getHandle(conversationWorkflowId(conversationId));
  const asked = askTemporal(client, () => conversation.query<ConversationRecord>(conversationRecord));
  const record = await asked.catch(() => undefined); // not there, or not now: it is asked again
  return record?.turns.some(({ id }) => id === workflowId) === true;
}
