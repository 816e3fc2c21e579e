import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { ConversationPort } from '../activities/dependencies.ts';
import type { Agent } from '../agent/agent.ts';
import { packHistory } from '../contract/history.ts';
import { conversationWorkflowId, turnBegan, turnEnded, workflowTypes } from '../contract/messages.ts';
import { conversationStart, newConversation } from '../server/conversation-start.ts';
import { readConversation } from '../server/read-conversation.ts';
import { grpcStatus } from '../temporal/grpc-status.ts';
import type { ExpectedTasks } from './expected-tasks.ts';

export interface ConversationPortSetting {
  readonly client: Client;
  readonly agent: Agent;
  readonly tasks: Pick<ExpectedTasks, 'expect'>;
}

/** Conversations as activities tell and ask them, through Temporal; one that is not open is opened by being told. */
export function createConversationPort({ client, agent, tasks }: ConversationPortSetting): ConversationPort {
  const tell = async (id: string, signal: string, told: unknown): Promise<void> => {
    tasks.expect(conversationWorkflowId(id));
    try {
      await client.workflow.getHandle(conversationWorkflowId(id)).signal(signal, told);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      const record = (await readConversation(client, id))?.record ?? newConversation(agent.name);
      const start = conversationStart(id, record);
      await client.workflow.signalWithStart(workflowTypes.conversation, { ...start, signal, signalArgs: [told] });
    }
  };
  return {
    began: (id, turn) => tell(id, turnBegan, turn),
    ended: async (id, turn) => {
      tasks.expect(turn.id);
      try {
        await tell(id, turnEnded, turn);
      } catch (error) {
        if (!isRefused(error)) throw error;
        // It would be refused for ever: the conversation hears how the turn ended, and not what was said.
        await tell(id, turnEnded, { ...turn, items: [] });
      }
    },
    prepare: async (id) => {
      const record = (await readConversation(client, id))?.record;
      const number = (record?.turns.at(-1)?.number ?? 0) + 1;
      return { number, terms: agent.terms, history: packHistory(record?.items ?? []) };
    },
  };
}

/** Temporal does not take it, however often it is sent: it is too large. */
function isRefused(error: unknown): boolean {
  return error instanceof ServiceError && grpcStatus(error.cause) === 'invalid_argument';
}
