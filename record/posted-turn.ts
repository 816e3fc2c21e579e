import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { ConversationRecord } from '../contract/conversation.ts';
import type { AcceptedTurn } from '../contract/http.ts';
import { conversationRecord, conversationWorkflowId } from '../contract/messages.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { askTemporal } from './ask-temporal.ts';
import type { TurnMemo } from './start-turn.ts';
import { describeTurn, failureTypeOf } from './turn-runs.ts';

/** Of a post: the id that its key gives to its turn, and the digest of its body. */
export interface Post {
  readonly id: string;
  readonly digest: string;
}

/**
 * What became of a post: the turn, once a home has taken its first step; `abandoned`, if it ended before that; or
 * `another_post`, where the id belongs to a post of another body, or to no turn.
 */
export type PostedTurn = AcceptedTurn | 'not_begun' | 'abandoned' | 'another_post';

export interface PostedTurnReader {
  readonly client: Client;
  /** Of this process. */
  readonly turns: Pick<LiveTurns, 'get'>;
}

export async function readPostedTurn(reader: PostedTurnReader, { id, digest }: Post): Promise<PostedTurn> {
  const { client } = reader;
  const description = await askTemporal(client, () => describeTurn(client, id));
  const memo = description?.memo as TurnMemo | undefined;
  if (!description || memo?.digest !== digest) return 'another_post';
  if (description.status.name === 'FAILED') {
    const failure = await askTemporal(client, () => failureTypeOf(client, description));
    if (failure === 'Turn.Abandoned') return 'abandoned';
  }
  const { conversationId, number } = memo;
  return (await hasBegun(reader, description, conversationId)) ? { id, conversationId, number } : 'not_begun';
}

/**
 * Whether a home has taken the first step. It tells the conversation as soon as it has, unless that fails, and
 * from then on shows signs of life while it works: a step that was only handed to a process shows none.
 */
async function hasBegun(
  { client, turns }: PostedTurnReader,
  { workflowId, status, raw }: WorkflowExecutionDescription,
  conversationId: string,
): Promise<boolean> {
  if (status.name !== 'RUNNING' || turns.get(workflowId)?.state === 'bound') return true;
  if (raw.pendingActivities?.some(({ lastHeartbeatTime }) => lastHeartbeatTime)) return true;
  const conversation = client.workflow.getHandle(conversationWorkflowId(conversationId));
  const asked = askTemporal(client, () => conversation.query<ConversationRecord>(conversationRecord));
  const record = await asked.catch(() => undefined); // not there, or not now: it is asked again
  return record?.turns.some(({ id }) => id === workflowId) === true;
}
