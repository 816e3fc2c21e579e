import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { escapeMarkdown } from '../contract/markdown.ts';
import { sharedQueue, workflowTypes } from '../contract/messages.ts';
import type { OpenedStart, TurnInput } from '../contract/turn.ts';
import { attributesOf } from './search-attributes.ts';

const SUMMARY_CHARACTERS = 100;

/** What is kept beside a turn so that a repeat of its post can be distinguished from another post. */
export interface TurnMemo {
  /** Of the post's body. */
  readonly digest: string;
  /** Of its key, if it had one. */
  readonly key?: string;
  readonly number: number;
  readonly conversationId: string;
  /** Of the process that has asked for it. */
  readonly home?: string;
  /** When the post came, in ISO 8601: time zero of the turn's events. */
  readonly postedAt: string;
}

export interface TurnRequest {
  readonly id: string;
  readonly start: OpenedStart;
  readonly digest: string;
  readonly postedAt: string;
  readonly patienceMs: number;
}

/** The conversation has a turn of this number. */
export class TurnNumberTaken extends Error {
  override readonly name = 'TurnNumberTaken';

  constructor(turnId: string) {
    super(`Turn '${turnId}' was started before`);
  }
}

/**
 * Asks Temporal to start a turn, eagerly, on the connection that this process's worker uses. Rejects with TurnNumberTaken
 * where there was one in its place. When it rejects otherwise, the turn may still have started.
 */
export async function startTurn(client: Client, turn: TurnRequest): Promise<void> {
  const { id, start, digest, postedAt, patienceMs } = turn;
  const { conversationId, number, agent, input, home } = start;
  const words = wordsOf(input);
  const key = start.post?.key;
  const memo: TurnMemo = {
    ...{ digest, number, conversationId, postedAt },
    ...(key !== undefined && { key }),
    ...(home !== undefined && { home }),
  };
  const options = {
    workflowId: id,
    taskQueue: sharedQueue(agent),
    args: [start],
    requestEagerStart: true,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    memo: { ...memo },
    typedSearchAttributes: attributesOf({ conversationId, agent }),
    staticSummary: escapeMarkdown(words, SUMMARY_CHARACTERS),
    staticDetails: `Turn ${number} of conversation \`${conversationId}\`, agent \`${agent}\`\n\n> ${escapeMarkdown(words)}`,
  };
  try {
    await client.withDeadline(Date.now() + patienceMs, () => client.workflow.start(workflowTypes.turn, options));
  } catch (error) {
    throw error instanceof WorkflowExecutionAlreadyStartedError ? new TurnNumberTaken(id) : error;
  }
}

/** The input as operators see it in a list of turns. */
function wordsOf(input: TurnInput): string {
  switch (input.type) {
    case 'text':
      return input.text;
    case 'greeting':
      return 'Greeting';
  }
}
