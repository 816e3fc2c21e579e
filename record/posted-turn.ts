import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { AcceptedTurn } from '../contract/http.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { askTemporal } from './ask-temporal.ts';
import { readRecord } from './read-record.ts';
import type { TurnMemo } from './start-turn.ts';
import { describeTurn, failureTypeOf } from './turn-runs.ts';

/** Of a post: the turn that its key belongs to, and the digest of its body. */
export interface Post {
  readonly id: string;
  readonly digest: string;
}

/**
 * What became of a post: the turn, once a home has taken its first step; `abandoned`, if it ended before that;
 * `another_post`, where the turn belongs to a post of another body; or `deleted`, where Temporal has no such turn any more.
 */
export type PostedTurn = AcceptedTurn | 'not_begun' | 'abandoned' | 'another_post' | 'deleted';

export interface PostedTurnReader {
  readonly client: Client;
  /** Of this process. */
  readonly turns: Pick<LiveTurns, 'get'>;
}

export async function readPostedTurn(reader: PostedTurnReader, { id, digest }: Post): Promise<PostedTurn> {
  const { client } = reader;
  const description = await askTemporal(client, () => describeTurn(client, id));
  const memo = description?.memo as TurnMemo | undefined;
  if (!description) return 'deleted';
  if (memo?.digest !== digest) return 'another_post';
  if (description.status.name === 'FAILED') {
    const failure = await askTemporal(client, () => failureTypeOf(client, description));
    if (failure === 'Turn.Abandoned') return 'abandoned';
  }
  const { conversationId, number } = memo;
  return (await hasBegun(reader, description)) ? { id, conversationId, number } : 'not_begun';
}

/**
 * Whether a home has taken the first step. From then on it shows signs of life while it works, and the record has what it
 * has done: a step that was only handed to a process shows neither.
 */
async function hasBegun(
  { client, turns }: PostedTurnReader,
  { workflowId, runId, status, raw }: WorkflowExecutionDescription,
): Promise<boolean> {
  if (status.name !== 'RUNNING' || turns.get(workflowId)?.state === 'bound') return true;
  if (raw.pendingActivities?.some(({ lastHeartbeatTime }) => lastHeartbeatTime)) return true;
  const asked = askTemporal(client, () => readRecord(client.workflow.getHandle(workflowId, runId)));
  const record = await asked.catch(() => undefined); // no answer now: it is asked again
  return record?.steps.some(({ state }) => state === 'finished') === true;
}
