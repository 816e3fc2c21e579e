import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { ConversationPort } from '../activities/dependencies.ts';
import type { Agent } from '../agent/agent.ts';
import { packHistory } from '../contract/history.ts';
import { conversationWorkflowId, turnBegan, turnEnded, workflowTypes } from '../contract/messages.ts';
import { conversationStart, newConversation } from '../server/conversation-start.ts';
import type { LiveTurns } from '../live/turns/live-turns.ts';
import { readConversation } from '../server/read-conversation.ts';
import { grpcStatus } from '../dev-server/grpc-status.ts';
import type { ExpectedTasks } from './expected-tasks.ts';

export interface ConversationPortSetting {
  readonly client: Client;
  readonly agent: Agent;
  readonly turns: Pick<LiveTurns, 'openIn' | 'interruptAll'>;
  readonly tasks: Pick<ExpectedTasks, 'expect'>;
}

/** Conversations as activities tell and ask them, through Temporal; one that is not open is opened by being told. */
export function createConversationPort({ client, agent, turns, tasks }: ConversationPortSetting): ConversationPort {
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
      const { turns: told = [], items = [] } = (await readConversation(client, id))?.record ?? {};
      // The turn that begins is a barge-in: it is told of what is open here as it was heard.
      turns.interruptAll(id);
      const hasEnded = (turnId: string): boolean =>
        told.some((turn) => turn.id === turnId && turn.state === 'finished');
      const open = turns.openIn(id).filter((turn) => !hasEnded(turn.id));
      const numbers = [...told.map((turn) => turn.number), ...open.map((turn) => turn.input.number)];
      const history = packHistory([...items, ...open.flatMap((turn) => turn.ownItems)]);
      return { number: Math.max(0, ...numbers) + 1, terms: agent.terms, history };
    },
  };
}

/** Temporal does not take it, however often it is sent: it is too large. */
function isRefused(error: unknown): boolean {
  return error instanceof ServiceError && grpcStatus(error.cause) === 'invalid_argument';
}
