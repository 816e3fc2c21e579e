import { WorkflowIdReusePolicy } from '@temporalio/client';
import type { ConversationRecord, Metadata } from '../contract/conversation.ts';
import { conversationWorkflowId, sharedQueue } from '../contract/messages.ts';
import { attributesOf } from './search-attributes.ts';

/** A conversation that has no turns yet. */
export function newConversation(agent: string, metadata?: Metadata): ConversationRecord {
  const createdAt = new Date().toISOString();
  return { agent, createdAt, ...(metadata && { metadata }), turns: [], items: [], omittedItems: 0 };
}

/** Options that start the workflow of a conversation: a new one, or one that has closed and left this record. */
export function conversationStart(id: string, record: ConversationRecord) {
  const { agent, createdAt, metadata } = record;
  return {
    workflowId: conversationWorkflowId(id),
    taskQueue: sharedQueue(agent),
    args: [record] as [ConversationRecord],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    memo: { agent, createdAt, ...(metadata && { metadata }) },
    typedSearchAttributes: attributesOf({ conversationId: id, agent }),
    staticSummary: `Conversation ${id} with agent ${agent}`,
  };
}
