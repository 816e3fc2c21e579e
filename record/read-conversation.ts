import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ConversationRecord } from '../contract/conversation.ts';
import { conversationRecord, conversationWorkflowId, workflowTypes } from '../contract/messages.ts';
import { askTemporal } from './ask-temporal.ts';

export interface ConversationReading {
  readonly record: ConversationRecord;
  /** False where the workflow has closed: the next turn that tells it something opens it again with this record. */
  readonly open: boolean;
}

/** A conversation as its workflow knows it, or as the workflow left it when it closed. Undefined where there is none. */
export async function readConversation(client: Client, id: string): Promise<ConversationReading | undefined> {
  const handle = client.workflow.getHandle(conversationWorkflowId(id));
  return askTemporal(client, async () => {
    const description = await handle.describe().catch(undefinedIfUnknown);
    if (description?.type !== workflowTypes.conversation) return undefined;
    const open = description.status.name === 'RUNNING';
    return { record: await readRecord(handle, description.status.name), open };
  });
}

/** One that was terminated left no result; its history still has the record. */
async function readRecord(handle: WorkflowHandle, status: string): Promise<ConversationRecord> {
  if (status === 'COMPLETED') return (await handle.result()) as ConversationRecord;
  return handle.query<ConversationRecord>(conversationRecord);
}

export function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof WorkflowNotFoundError) return undefined;
  throw error;
}
