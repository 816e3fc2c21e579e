import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Agent } from '../agent/agent.ts';
import type { TurnBegan, TurnEnded } from '../contract/conversation.ts';
import { conversationWorkflowId, turnBegan, turnEnded, workflowTypes } from '../contract/messages.ts';
import { grpcStatus } from '../record/grpc-status.ts';
import { conversationStart, newConversation } from '../record/conversation-start.ts';
import { readConversation } from '../record/read-conversation.ts';

export interface ConversationTeller {
  readonly client: Client;
  readonly agent: Pick<Agent, 'name'>;
  /** Gets the workflows whose next task this process's worker must do. */
  readonly tasks?: { readonly expect: (workflowId: string) => void };
}

/** Tells a conversation that a turn began. The signal opens a closed conversation. */
export async function tellTurnBegan(teller: ConversationTeller, id: string, turn: TurnBegan): Promise<void> {
  await tell(teller, id, { signal: turnBegan, told: turn });
}

/** Tells a conversation that a turn has ended. */
export async function tellTurnEnded(teller: ConversationTeller, id: string, turn: TurnEnded): Promise<void> {
  try {
    await tell(teller, id, { signal: turnEnded, told: turn });
  } catch (error) {
    if (grpcStatus(error) !== 'invalid_argument') throw error;
    // It is too large and would be refused every time: the conversation gets the turn's outcome without what was said.
    await tell(teller, id, { signal: turnEnded, told: { ...turn, items: [] } });
  }
}

interface Message {
  readonly signal: string;
  readonly told: unknown;
}

async function tell({ client, agent, tasks }: ConversationTeller, id: string, { signal, told }: Message) {
  tasks?.expect(conversationWorkflowId(id));
  try {
    await client.workflow.getHandle(conversationWorkflowId(id)).signal(signal, told);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const record = (await readConversation(client, id))?.record ?? newConversation(agent.name);
    const start = conversationStart(id, record);
    await client.workflow.signalWithStart(workflowTypes.conversation, { ...start, signal, signalArgs: [told] });
  }
}
