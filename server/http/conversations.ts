import { randomUUID } from 'node:crypto';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { ConversationRecord } from '../../contract/conversation.ts';
import { CreateConversation, type Conversation, type CreatedConversation } from '../../contract/http.ts';
import { workflowTypes } from '../../contract/messages.ts';
import { askTemporal } from '../../record/ask-temporal.ts';
import { conversationStart, newConversation } from '../../record/conversation-start.ts';
import type { FrontEndDependencies } from './front-end.ts';
import type { KnownConversations } from '../../conversations/known-conversations.ts';
import { pathId } from './path-id.ts';
import * as problems from './problems.ts';
import { type ConversationReading, readConversation } from '../../record/read-conversation.ts';
import { parseBody } from './request-body.ts';
import type { Handler, Reply } from './responder.ts';
import { readSettledConversation } from '../../conversations/settled-conversation.ts';

/** `POST /v1/conversations` */
export function createConversation(deps: FrontEndDependencies, known: KnownConversations): Handler {
  return async (request) => {
    const body = parseBody(CreateConversation, request.body);
    const agent = body.agent ?? deps.agent.name;
    if (agent !== deps.agent.name) throw problems.unknownAgent(agent, deps.agent.name);
    const id = body.id ?? randomUUID().replaceAll('-', '');
    const record = newConversation(agent, body.metadata);
    if (!(await startConversation(deps, id, record))) return existing(deps, id);
    known.learn(id, { agent, items: [], nextNumber: 1 });
    return created(201, toCreated(id, record));
  };
}

/** `GET /v1/conversations/:id` */
export function getConversation(deps: FrontEndDependencies): Handler {
  return async (request) => {
    const id = pathId(request);
    const reading = await readSettledConversation(deps, id);
    if (!reading) throw problems.unknownConversation(id);
    return { status: 200, body: toConversation(id, reading) };
  };
}

/** False where there is a conversation of this id already, open or closed. */
async function startConversation(
  { client, tasks }: FrontEndDependencies,
  id: string,
  record: ConversationRecord,
): Promise<boolean> {
  const options = {
    ...conversationStart(id, record),
    requestEagerStart: true,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
  };
  tasks?.expect(options.workflowId);
  try {
    await askTemporal(client, () => client.workflow.start(workflowTypes.conversation, options));
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

async function existing({ client, agent }: FrontEndDependencies, id: string): Promise<Reply> {
  const reading = await readConversation(client, id);
  if (!reading) throw problems.temporalUnreachable();
  if (reading.record.agent !== agent.name) throw problems.agentDiffers(id, reading.record.agent);
  return created(200, toCreated(id, reading.record));
}

function created(status: number, body: CreatedConversation): Reply {
  return { status, headers: { Location: `/v1/conversations/${body.id}` }, body };
}

function toCreated(id: string, record: Omit<CreatedConversation, 'id'>): CreatedConversation {
  const { agent, createdAt, metadata } = record;
  return { id, agent, createdAt, ...(metadata && { metadata }) };
}

function toConversation(id: string, { record }: ConversationReading): Conversation {
  const { turns, items, omittedItems } = record;
  const pending = turns.filter(({ state }) => state === 'running').map((turn) => turn.id);
  return { ...toCreated(id, record), turns, items, omittedItems, pending };
}
